"""One entry of a selection by the specification: a key with its modifiers, a value or a list of them, to a test.

https://github.com/SigmaHQ/sigma-specification: sigma-rules-specification.md ("Escape Character", "Special Field
Values", "Value Modifiers") and sigma-appendix-modifiers.md, both 2.1.0.
"""

import base64
import ipaddress
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

Fields = Mapping[str, str | tuple[str, ...]]
Test = Callable[[Fields], bool]
MANY, ONE, PERCENT = object(), object(), object()  # `*`, `?`, and `\\%` where `%` would begin a placeholder
Pattern = list[Any]  # of characters, MANY and ONE
DASHES = "-/\u2013\u2014\u2015"
UTF16 = {"utf16le": "utf-16le", "wide": "utf-16le", "utf16be": "utf-16be", "utf16": "utf-16le"}
FLAGS = {"i": "i", "ignorecase": "i", "m": "m", "multiline": "m", "s": "s", "dotall": "s"}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
}
PARTS: Mapping[str, Callable[[datetime], int]] = {
    "minute": lambda time: time.minute,
    "hour": lambda time: time.hour,
    "day": lambda time: time.day,
    "week": lambda time: time.isocalendar().week,
    "month": lambda time: time.month,
    "year": lambda time: time.year,
}


def entry(key: str, value: object, placeholders: Mapping[str, Sequence[str]]) -> Test:
    """The test that an entry stands for; an empty name before the modifiers is a keyword's."""
    name, *modifiers = key.split("|")
    field = name.replace(" ", "") or None
    values = value if isinstance(value, list) else [value]
    tests = [one(field, modifiers, each, placeholders) for each in values] or [absent(field)]
    join = all if "all" in modifiers else any
    if "neq" in modifiers:
        return lambda fields: not join(test(fields) for test in tests)
    return lambda fields: join(test(fields) for test in tests)


def texts(fields: Fields, field: str | None) -> Iterator[str]:
    """The texts of a field, or of all of them for a keyword."""
    for name in fields if field is None else [field]:
        value = fields.get(name, ())
        yield from (value,) if isinstance(value, str) else value


def absent(field: str | None) -> Test:
    return lambda fields: field not in fields


def one(field: str | None, modifiers: list[str], value: Any, placeholders: Mapping[str, Sequence[str]]) -> Test:
    """The test of one value."""
    if value is None:
        return absent(field)
    if "exists" in modifiers:
        return lambda fields: (field in fields) == value
    if "fieldref" in modifiers:
        return reference(field, modifiers, str(value).replace(" ", ""))
    check = of_text(field, modifiers, value, placeholders)
    return lambda fields: any(check(text) for text in texts(fields, field))


def of_text(
    field: str | None, modifiers: list[str], value: Any, placeholders: Mapping[str, Sequence[str]]
) -> Callable[[str], bool]:
    """The test of one text against one value."""
    compare = next((COMPARISONS[modifier] for modifier in modifiers if modifier in COMPARISONS), None)
    for modifier in modifiers:
        if modifier in PARTS:
            same = compare or (lambda a, b: a == b)
            return lambda text, part=PARTS[modifier]: time_has(text, part, same, value)
    if compare is not None:
        return lambda text: compares(text, compare, value)
    if "re" in modifiers:
        return regular(modifiers, str(value))
    if "cidr" in modifiers:
        return network(str(value))
    alternatives = strings(value, modifiers, placeholders)
    if field is None:
        alternatives = [[MANY, *pattern, MANY] for pattern in alternatives]
    checks = [glob(pattern, cased="cased" in modifiers) for pattern in alternatives]
    return lambda text: any(check(text) for check in checks)


def reference(field: str | None, modifiers: list[str], other: str) -> Test:
    ends = {"startswith", "endswith", "contains"} & set(modifiers)
    how = {"startswith": str.startswith, "endswith": str.endswith, "contains": str.__contains__}
    compare = how[ends.pop()] if ends else str.__eq__
    return lambda fields: any(compare(a.lower(), b.lower()) for a in texts(fields, field) for b in texts(fields, other))


def compares(text: str, compare: Callable[[float, float], bool], limit: float) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return abs(number) != float("inf") and compare(number, limit)


def time_has(text: str, part: Callable[[datetime], int], compare: Callable[[float, float], bool], wanted: int) -> bool:
    try:
        return compare(part(datetime.fromisoformat(text.strip().removesuffix(" UTC"))), wanted)
    except ValueError:
        return False


def regular(modifiers: list[str], pattern: str) -> Callable[[str], bool]:
    """Searched anywhere, case-sensitive; `startswith` and `endswith` tie it, flags stand before it.

    The flavour is PCRE, whose \\w, \\d and \\s are ASCII.
    """
    after = modifiers[modifiers.index("re") :]
    flags = "".join(sorted({FLAGS[modifier] for modifier in after if modifier in FLAGS}))
    if "startswith" in after:
        pattern = f"^(?:{pattern})"
    if "endswith" in after:
        pattern = f"(?:{pattern})$"
    if "m" not in flags and "(?m" not in pattern:
        pattern = re.sub(r"(?<!\\)\$", r"\\Z", pattern)  # the end, not the place before a last newline
    compiled = re.compile(f"(?{flags}){pattern}" if flags else pattern, re.ASCII if pattern.isascii() else 0)
    return lambda text: compiled.search(text) is not None


def network(text: str) -> Callable[[str], bool]:
    """A text that is an address of the network; zone ids are no part of it, a mapped IPv4 address is one."""
    wanted = ipaddress.ip_network(text, strict=False)

    def check(text: str) -> bool:
        try:
            address = ipaddress.ip_address(text.strip().split("%")[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address) in wanted

    return check


def parse(text: str, *, expand: bool = False) -> Pattern:
    """Wildcards and characters; a backslash escapes `*`, `?` and itself, and is one character before anything else."""
    pattern: Pattern = []
    at = 0
    while at < len(text):
        if expand and text.startswith("\\%", at):
            pattern.append(PERCENT)
            at += 2
        elif text[at] == "\\" and text[at + 1 : at + 2] in ("*", "?", "\\") and at + 1 < len(text):
            pattern.append(text[at + 1])
            at += 2
        else:
            pattern.append({"*": MANY, "?": ONE}.get(text[at], text[at]))
            at += 1
    return pattern


def plain(pattern: Pattern) -> str:
    return "".join(pattern)


def strings(value: object, modifiers: list[str], placeholders: Mapping[str, Sequence[str]]) -> list[Pattern]:
    """The patterns that a value stands for: its modifiers in their order."""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    found = [parse(text, expand="expand" in modifiers)]
    for at, modifier in enumerate(modifiers):
        found = [made for pattern in found for made in modified(modifier, pattern, modifiers[:at], placeholders)]
    return found


def modified(
    modifier: str, pattern: Pattern, before: list[str], placeholders: Mapping[str, Sequence[str]]
) -> list[Pattern]:
    """What one modifier makes of a pattern."""
    if modifier in ("contains", "startswith", "endswith"):
        return [[MANY] * (modifier != "startswith") + pattern + [MANY] * (modifier != "endswith")]
    if modifier == "windash":
        return dashed(pattern)
    if modifier in UTF16:
        mark = ["\ufeff"] if modifier == "utf16" else []
        return [mark + [c for char in pattern for c in wide(char, UTF16[modifier])]]
    if modifier == "base64":
        return [list(base64.b64encode(octets(pattern, before)).decode())]
    if modifier == "base64offset":
        return shifted(octets(pattern, before))
    return expanded(pattern, placeholders) if modifier == "expand" else [pattern]


def wide(char: Any, encoding: str) -> list[Any]:
    return list(char.encode(encoding).decode("latin-1")) if isinstance(char, str) else [char]


def octets(pattern: Pattern, before: list[str]) -> bytes:
    """The bytes that Base64 encodes: UTF-8, or what UTF-16 made of the text already."""
    if not set(before) & set(UTF16):
        return plain(pattern).encode()
    return b"".join(b"\xff\xfe" if char == "\ufeff" else char.encode("latin-1") for char in pattern)


def shifted(data: bytes) -> list[Pattern]:
    """The part of the encoded text that does not depend on what stands before and after it, at each of three shifts."""
    found = []
    for shift in range(3):
        bits = range(shift * 8, (shift + len(data)) * 8)
        first, last = -(-bits.start // 6), bits.stop // 6
        found.append(list(base64.b64encode(b"\0" * shift + data).decode()[first:last]))
    return found


def dashed(pattern: Pattern) -> list[Pattern]:
    """Every way to write the dashes that begin a word: not after a word's character, before one."""

    def is_word(at: int) -> bool:
        return 0 <= at < len(pattern) and isinstance(pattern[at], str) and bool(re.match(r"\w", pattern[at]))

    places = [
        at
        for at, char in enumerate(pattern)
        if isinstance(char, str) and char in DASHES and not is_word(at - 1) and is_word(at + 1)
    ]
    found = []
    for chosen in itertools.product(DASHES, repeat=len(places)):
        made = list(pattern)
        for at, dash in zip(places, chosen, strict=True):
            made[at] = dash
        found.append(made)
    return found


def expanded(pattern: Pattern, placeholders: Mapping[str, Sequence[str]]) -> list[Pattern]:
    """Every way to put values in the places of %name%."""
    if PERCENT in pattern:
        at = pattern.index(PERCENT)
        before, after = (expanded(part, placeholders) for part in (pattern[:at], pattern[at + 1 :]))
        return [[*first, "%", *second] for first in before for second in after]
    text = "".join(char if isinstance(char, str) else "\0" for char in pattern)
    found = re.search(r"%([^%\\\0]+)%", text)
    if not found:
        return [pattern]
    rest = expanded(pattern[found.end() :], placeholders)
    values = [parse(value) for value in placeholders[found.group(1)]]
    return [pattern[: found.start()] + value + after for value in values for after in rest]


def glob(pattern: Pattern, *, cased: bool) -> Callable[[str], bool]:
    """Whether a whole text is as the pattern says; whatever its case unless `cased`."""
    runs: list[Pattern] = [[]]
    for char in pattern:
        if char is MANY:
            runs.append([])
        else:
            runs[-1].append(char)
    searches, lengths = zip(*(_run(run, cased=cased) for run in runs), strict=True)
    middle = searches[1:-1]

    def whole(text: str) -> bool:
        if len(runs) == 1:
            return len(text) == lengths[0] and searches[0].match(text) is not None
        if len(text) < lengths[0] + lengths[-1] or not searches[0].match(text):
            return False
        at, end = lengths[0], len(text) - lengths[-1]
        for search in middle:
            found = search.search(text, at, end)
            if not found:
                return False
            at = found.end()
        return at <= end and searches[-1].match(text, end) is not None

    @lru_cache(16)
    def check(text: str) -> bool:
        return whole(text if cased else text.lower())

    return check


def _run(run: Pattern, *, cased: bool) -> tuple[re.Pattern[str], int]:
    """A piece between two stars, and its length: it has no repetition. Lower case may have more characters."""
    parts = ["".join(part) if kind else list(part) for kind, part in itertools.groupby(run, lambda c: c is not ONE)]
    folded = [part.lower() if isinstance(part, str) and not cased else part for part in parts]
    literal = (re.escape(part) if isinstance(part, str) else "." * len(part) for part in folded)
    return re.compile("".join(literal), re.DOTALL), sum(map(len, folded))
