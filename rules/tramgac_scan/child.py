"""The child that looks: compiles YARA sources and scans descriptors, locked in before it reads the first byte.

Started by tramgac_scan.client as `python -I -m tramgac_scan.child FD MEMORY CPU SECONDS IDLE`; talks over FD only.
"""

import base64
import io
import mmap
import os
import re
import socket
import sys
from typing import Any

import yara

from tramgac_scan import confine, protocol
from tramgac_scan.outside import EXTERNALS

assert sys.platform != "win32", "the confined child is built for Linux; Windows is to use a job object"

MAX_STRINGS = 64  # of one rule, in an answer; a file made of one letter has a million
_PRIVILEGED = (
    "the scanning child could not give up its capabilities, so YARA is not run: something refuses capset(2) or "
    "prctl(PR_SET_NO_NEW_PRIVS) here; allow them (a service's SystemCallFilter?), or run as an ordinary user"
)
_LINE = re.compile(r"(?:^|\b)line (\d+)\b:? ?")
_NONE = dict.fromkeys(EXTERNALS, "")


def compile_sources(sources: list[list[str]]) -> tuple[Any, list[list[Any]], list[str]]:
    """Compiled rules, or None; every source's problem as [path, line, message]; the paths that need no externals."""
    problems: list[list[Any]] = []
    content_only = [path for path, text in sources if compiles_alone(text)]
    for path, text in sources:
        try:
            yara.compile(source=text, includes=False, externals=_NONE)
        except yara.Error as error:
            said = str(error)
            found = _LINE.search(said)
            problems.append([path, int(found[1]) if found else 0, _LINE.sub("", said, count=1)])
    if problems or not sources:
        return None, problems, content_only
    # A namespace a file: two files may hold rules of one name.
    return yara.compile(sources=dict(sources), includes=False, externals=_NONE), problems, content_only


def compiles_alone(text: str) -> bool:
    """Whether a source uses no external: what it says depends on content alone, and is true of the whole fleet."""
    try:
        yara.compile(source=text, includes=False)
    except yara.Error:
        return False
    return True


def form_of(rules: Any) -> str:
    """Compiled rules as text, for `loaded` in another child; empty for none."""
    if rules is None:
        return ""
    saved = io.BytesIO()
    rules.save(file=saved)
    return base64.b64encode(saved.getbuffer()).decode("ascii")


def loaded(form: str) -> tuple[Any, str]:
    """The rules of a form, and why there are none."""
    try:
        return yara.load(file=io.BytesIO(base64.b64decode(form))), ""
    except (yara.Error, MemoryError, ValueError) as error:
        return None, f"error: {error}"


def hits_of(matches: list[Any]) -> list[dict[str, Any]]:
    """The matches as plain data: rule, file it came from, meta, first instances of strings."""
    hits = []
    for match in matches:
        strings = [
            [string.identifier, instance.offset, instance.matched_length]
            for string in match.strings
            for instance in string.instances[:MAX_STRINGS]
        ]
        meta = {key: str(value) for key, value in match.meta.items()}
        hits.append({"rule": match.rule, "path": match.namespace, "meta": meta, "strings": strings[:MAX_STRINGS]})
    return hits


def look(rules: Any, content: Any, externals: dict[str, str], seconds: int, *, first: bool = False) -> dict[str, Any]:
    """What rules say of bytes; a reason in `refused` where they did not come to an end.

    `first`: of a string that no condition counts or places, the first instance is enough.
    """
    try:
        matches = rules.match(data=content, externals=externals, timeout=seconds, fast=first)
        return {"hits": hits_of(matches), "refused": ""}
    except yara.TimeoutError:
        return {"hits": [], "refused": "timeout"}
    except MemoryError:
        return {"hits": [], "refused": "memory"}
    except (yara.Error, OSError, ValueError) as error:
        return {"hits": [], "refused": f"error: {error}"}


def scan(rules: Any, fd: int, externals: dict[str, str], seconds: int) -> dict[str, Any]:
    """Look at the whole of a descriptor; a reason in `refused` where that could not be done.

    A file that is made of what rules look for has a million instances: to note each took 94 MB, and 55 so.
    """
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            return look(rules, b"", externals, seconds)
        with mmap.mmap(fd, size, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE) as content:
            return look(rules, content, externals, seconds, first=True)
    except MemoryError:
        return {"hits": [], "refused": "memory"}
    except (OSError, ValueError) as error:
        return {"hits": [], "refused": f"error: {error}"}


def serve(sock: socket.socket, seconds: int) -> None:
    """Answer requests until the parent closes the socket."""
    rules: Any = None
    while True:
        try:
            request, passed = protocol.receive(sock)
        except EOFError:
            return
        if request["op"] == "compile":
            rules, problems, content_only = compile_sources(request["sources"])
            told = {"problems": problems, "content_only": content_only, "form": form_of(rules)}
            protocol.send(sock, told)
        elif request["op"] == "load":
            rules, refused = loaded(request["form"])
            protocol.send(sock, {"refused": refused})
        elif request["op"] == "texts":
            for text in request["texts"]:
                data = text.encode("utf-8", "surrogatepass")
                protocol.send(sock, look(rules, data, _NONE, seconds) if rules else {"hits": [], "refused": ""})
        elif passed is not None:
            answer = scan(rules, passed, request["externals"], seconds) if rules else {"hits": [], "refused": ""}
            os.close(passed)
            protocol.send(sock, answer)


def main(arguments: list[str]) -> None:
    """Lock in, say which layers hold, then serve until the parent closes the socket; not with privileges."""
    fd, memory, cpu, seconds, idle = map(int, arguments)
    sock = socket.socket(fileno=fd)
    os.dup2(0, 2)  # the parent made 0 /dev/null: from here on it says nothing to anyone but its parent, over the socket
    confine.go_first()
    confine.limit(memory, cpu)
    if idle:
        confine.stand_back()
    held = confine.isolate()
    refused = "" if protocol.CAPABILITIES in held else _PRIVILEGED
    protocol.send(sock, {"held": held, "refused": refused})
    if not refused:
        serve(sock, seconds)


if __name__ == "__main__":
    main(sys.argv[1:])
