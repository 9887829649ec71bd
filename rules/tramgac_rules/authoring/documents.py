"""YAML files with the place of everything in them: what is read, and the nodes it was read from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import yaml

from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.refusals import of_yaml
from tramgac_rules.authoring.words import Say

MAX_FILE = 2_000_000  # characters
MAX_NODES = 100_000  # of a document, aliases followed: a few of them nested can stand for billions
MAX_DEPTH = 60


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: a mapping at its top. `data` is what `node` says."""

    path: str
    node: yaml.MappingNode
    data: dict[str, object]


def problem(path: str, node: yaml.Node, kind: str, message: str, advice: str = "", severity: str = "error") -> Problem:
    """Return a problem at the place of a node."""
    return Problem(path, node.start_mark.line + 1, node.start_mark.column + 1, severity, kind, message, advice)


def at_offset(found: Problem, node: yaml.Node, offset: int) -> Problem:
    """Move a problem to an offset in a text, where the text stands on one line."""
    if not isinstance(node, yaml.ScalarNode) or node.start_mark.line != node.end_mark.line:
        return found
    quote = 1 if node.style in ("'", '"') else 0
    return replace(found, column=found.column + quote + offset)


def read_documents(path: str, text: str) -> tuple[list[Document], list[Problem]]:
    """Return the documents of a file that can be read, and what is wrong with the others."""
    documents: list[Document] = []
    problems: list[Problem] = []
    if len(text) > MAX_FILE:
        said = Say.LARGE_FILE.of(count=len(text), most=MAX_FILE)
        return [], [Problem(path, 1, 1, "error", "size", said, Say.SPLIT_FILE.of())]
    try:
        loader = yaml.CSafeLoader(text)
    except yaml.YAMLError as error:  # a character that YAML does not allow
        return [], [_syntax(path, error)]
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None:
                break
            found = list(_structure(path, node))
            problems += found
            if not found and isinstance(node, yaml.MappingNode):
                _construct(loader, path, node, documents, problems)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        problems.append(_syntax(path, error))
    finally:
        loader.dispose()
    return documents, problems


def _construct(
    loader: yaml.CSafeLoader,
    path: str,
    node: yaml.MappingNode,
    documents: list[Document],
    problems: list[Problem],
) -> None:
    """Add what a node says to the documents; what YAML takes for a value and is none (2024-13-01) to the problems."""
    try:
        documents.append(Document(path, node, loader.construct_document(node)))
    except ValueError:
        wrong = [*_no_values(path, node)]
        if not wrong:
            raise
        problems += wrong


def _no_values(path: str, root: yaml.Node) -> Iterator[Problem]:
    """Yield the scalars below a node that are no value of what they look like."""
    maker = yaml.constructor.SafeConstructor()
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
        else:
            try:
                maker.construct_object(node)
            except ValueError as error:
                said, advice = Say.NO_VALUE.of(text=str(node.value)[:40], why=str(error)), Say.MEND_OR_QUOTE.of()
                yield problem(path, node, "yaml", said, advice)


def entries(node: yaml.Node) -> Iterator[tuple[str, yaml.ScalarNode, yaml.Node]]:
    """Yield key, the key's node and the value's node of each entry of a mapping."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key.value, key, value


def child(node: yaml.Node, *keys: str) -> yaml.Node:
    """Return the node of a value below a mapping; the deepest one there is if a key is missing."""
    for key in keys:
        node = next((value for name, _, value in entries(node) if name == key), node)
    return node


def _structure(path: str, root: yaml.Node) -> Iterator[Problem]:
    """Yield what is wrong with the shape of a document: not a mapping, a key twice, too many nodes."""
    if not isinstance(root, yaml.MappingNode):
        if not (isinstance(root, yaml.ScalarNode) and not root.value):  # an empty document says nothing
            yield problem(path, root, "yaml", Say.NO_MAPPING.of(), Say.WRITE_TITLE.of())
        return
    waiting: list[tuple[yaml.Node, int]] = [(root, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > MAX_NODES or depth > MAX_DEPTH:
            said = Say.LARGE_DOCUMENT.of(most=MAX_NODES, depth=MAX_DEPTH)
            yield problem(path, root, "size", said, Say.LESS.of())
            return
        if isinstance(node, yaml.SequenceNode):
            waiting += [(item, depth + 1) for item in node.value]
        elif isinstance(node, yaml.MappingNode):
            waiting += [(value, depth + 1) for _, value in node.value]
            yield from _keys(path, node)


def _keys(path: str, node: yaml.MappingNode) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            yield problem(path, key, "yaml", Say.KEY_NO_TEXT.of())
        elif key.value in seen:
            yield problem(path, key, "yaml", Say.KEY_TWICE.of(key=key.value), Say.ONE_COUNTS.of())
        else:
            seen.add(key.value)


def _syntax(path: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    fault, advice = of_yaml(said)
    return Problem(path, line, column, "error", "yaml", Say.NO_YAML.of(why=fault), advice)
