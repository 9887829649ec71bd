"""What a receiver makes of our lines: readers written from RFC 5424 and from CEF's own description."""

import re
from typing import NamedTuple

_BACK = {"n": "\n", "r": "\r", "t": "\t"}
_PARAM = re.compile(r' ([!#-<>-\\^-~]{1,32})="((?:[^"\\\]]|\\.)*)"', re.DOTALL)
_PAIR = re.compile(r"(?:^| )([A-Za-z0-9_.]+)=((?:[^\\=]|\\.)*?)(?= [A-Za-z0-9_.]+=|$)", re.DOTALL)


def restored(text: str) -> str:
    """Take the escapes out of a value: a doubled backslash is one, what follows a single one says what it is."""

    def one(found: re.Match[str]) -> str:
        said = found[1]
        if said[0] in "xu" and len(said) > 1:
            return chr(int(said[1:], 16))
        return _BACK.get(said, said)

    return re.sub(r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)", one, text, flags=re.DOTALL)


class Message(NamedTuple):
    pri: int
    stamp: str
    host: str
    app: str
    kind: str
    data: dict[str, list[tuple[str, str]]]
    text: str


def syslog(line: bytes) -> Message:
    """A message of RFC 5424, in UTF-8."""
    text = line.decode()
    head = re.match(r"<(\d{1,3})>1 (\S+) (\S+) (\S+) - (\S+) ", text)
    assert head, text
    at, data = head.end(), {}
    if text[at] == "-":
        at += 1
    while text[at : at + 1] == "[":
        name = re.compile(r"\[([!#-<>-\\^-~]{1,32})").match(text, at)
        assert name, text[at:]
        at, params = name.end(), []
        while param := _PARAM.match(text, at):
            params.append((param[1], restored(param[2])))
            at = param.end()
        assert text[at] == "]", text[at:]
        assert name[1] not in data
        data[name[1]], at = params, at + 1
    return Message(int(head[1]), head[2], head[3], head[4], head[5], data, text[at + 1 :])


def cef(line: bytes) -> tuple[list[str], dict[str, str]]:
    """The seven parts of a header, and the extension."""
    text = line.decode()
    parts = re.match(r"CEF:0((?:\|(?:[^|\\]|\\[|\\])*){6})\|", text)
    assert parts, text
    head = [re.sub(r"\\([|\\])", r"\1", part) for part in re.findall(r"\|((?:[^|\\]|\\.)*)", parts[1])]
    extension = text[parts.end() :]
    found = _PAIR.findall(extension)
    assert " ".join(f"{key}={value}" for key, value in found) == extension
    keys = [key for key, _ in found]
    assert len(keys) == len(set(keys)), keys
    return head, {key: restored(value) for key, value in found}
