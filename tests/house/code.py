"""What the house rules find in a text of code. Each finder is shown planted faults in test_code.py."""

import ast
import re
from collections.abc import Iterator

from tests.house.files import called

EVERYTHING = {"Exception", "BaseException"}
FORBIDDEN = {
    r"(?<!\.)(?<!def )\b(eval|exec)\(": "law 6: text is data",
    r"\b(pickle|marshal|shelve)\b": "law 6: no format that makes objects of any class",
    r"shell\s*=\s*True|\bos\.(system|popen)\(": "law 6: no shell",
    r"\byaml\.(unsafe_|full_)?load\(": "law 6: safe_load, or the loader that marks nodes",
    r"\b(TODO|FIXME|XXX)\b": "unfinished work is an issue, not a comment",
}
FORBIDDEN_IN_THE_PAGE = {
    r"dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|srcdoc": "law 6: text is data",
    r"(?<!\.)\beval\(|\bnew Function\b": "law 6: text is data",
    r"\b(TODO|FIXME|XXX)\b": "unfinished work is an issue, not a comment",
}
SKIP = r"pytest\.(skip|importorskip|mark\.skip|mark\.skipif)$"


def words(text: str, pattern: str) -> list[int]:
    """The lines in which a pattern stands."""
    return [number for number, line in enumerate(text.splitlines(), 1) if re.search(pattern, line)]


def _everything(node: ast.expr | None) -> bool:
    """Tell whether what is caught is everything."""
    match node:
        case None:
            return True
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in EVERYTHING
        case ast.Tuple(elts=parts):
            return any(map(_everything, parts))
    return False


def broad_excepts(text: str) -> list[int]:
    """The lines that catch everything without naming the bulkhead that they are."""
    if not re.search(r"Exception\b|\bexcept\s*:", text):
        return []  # most files: parsing them all takes a second
    lines = text.splitlines()
    found = {
        node.lineno
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.ExceptHandler) and _everything(node.type))
        or (isinstance(node, ast.Call) and called(node) == "suppress" and any(map(_everything, node.args)))
    }
    return sorted(line for line in found if "# bulkhead: " not in lines[line - 1])


def uses(text: str, kind: str, message: str) -> bool:
    """Tell whether code makes or reads a kind of event; to spell its name is neither.

    It counts to build its message or an event that holds it, to fill or read that part of an event, and to compare
    an event's kind with it.
    """
    tree = ast.parse(text)
    ours = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tramgac_proto")
        for alias in node.names
        if alias.name == message
    }
    return any(_uses(node, kind, ours) for node in ast.walk(tree))


def _uses(node: ast.AST, kind: str, ours: set[str]) -> bool:
    match node:
        case ast.Call(args=arguments, keywords=keywords):
            name = called(node)
            return (
                name in ours
                or (name == "Event" and any(keyword.arg == kind for keyword in keywords))
                or (name == "HasField" and any(_is(argument, kind) for argument in arguments))
            )
        case ast.Attribute(value=ast.Name(id="event"), attr=name):
            return name == kind
        case ast.Compare(left=ast.Name(id="kind") | ast.Attribute(attr="kind"), comparators=others):
            return any(_is(part, kind) for other in others for part in ast.walk(other))
    return False


def _is(node: ast.AST, value: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == value


def skips(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and reason of every skip; what is put into the reason when it happens is left out."""
    if "skip" not in text:
        return
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not re.match(SKIP, ast.unparse(node.func)):
            continue
        given = [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
        reason = (given or node.args or [ast.Constant("")])[0]
        yield node.lineno, "".join(part.value for part in ast.walk(reason) if _text(part))


def _text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
