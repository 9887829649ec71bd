"""The shape of a document beside its logic, as Sigma's schema has it: what nothing would read as it was meant.

All of it is told as warnings: the rule works, only what it says of itself is lost. Keys of one's own are allowed; one
that is nearly a known one is taken for a slip.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import yaml

from tramgac_rules.authoring.documents import Document, child, entries, problem
from tramgac_rules.authoring.nearest import NAMES, did_you_mean
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.words import Say

_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_SOURCE_KEYS = ("category", "product", "service", "definition")
_RELATIONS = ("derived", "obsolete", "merged", "renamed", "similar")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_date(value: object) -> bool:
    """YAML makes dates of what looks like one; a text may be one too, in quotes."""
    return isinstance(value, date) or (isinstance(value, str) and _DATE.fullmatch(value) is not None)


_SHAPES: Mapping[str, tuple[Callable[[object], bool], Say]] = {
    **dict.fromkeys(("name", "author", "description", "license", "taxonomy"), (_is_text, Say.TEXT)),
    **dict.fromkeys(("title", "title_vi", "description_vi"), (_is_text, Say.TEXT)),
    **dict.fromkeys(("references", "tags", "falsepositives", "fields", "scope"), (_is_texts, Say.TEXTS)),
    **dict.fromkeys(("falsepositives_vi", "triage", "triage_vi"), (_is_texts, Say.TEXTS)),
    **dict.fromkeys(("date", "modified"), (_is_date, Say.DATE)),
}
_FURTHER = ("id", "related", "status", "level", "logsource", "detection", "correlation", "filter", "generate")
KEYS = frozenset((*_SHAPES, *_FURTHER))
"""What a document may have at its top; of a correlation and of a filter too."""


def shape_problems(document: Document) -> Iterator[Problem]:
    """Yield what is not of the shape that Sigma's schema asks for."""
    for name, key, value in entries(document.node):
        data = document.data.get(name)
        if name in _SHAPES:
            fits, shape = _SHAPES[name]
            if data is not None and not fits(data):
                yield _told(document, value, Say.SHAPE.of(key=name, shape=shape.of()))
        elif name not in KEYS and (near := did_you_mean(name, KEYS, NAMES)):
            yield _told(document, key, Say.UNREAD_KEY.of(key=name), near)
    yield from _log_source(document)
    yield from _related(document)


def _log_source(document: Document) -> Iterator[Problem]:
    for name, key, value in entries(child(document.node, "logsource")) if "logsource" in document.data else ():
        if name not in _SOURCE_KEYS:
            yield _told(document, key, Say.UNREAD_KEY.of(key=name), did_you_mean(name, _SOURCE_KEYS))
        elif not isinstance(value, yaml.ScalarNode):
            yield _told(document, value, Say.SHAPE.of(key=name, shape=Say.TEXT.of()))


def _related(document: Document) -> Iterator[Problem]:
    given, node = document.data.get("related"), child(document.node, "related")
    if given is None:
        return
    if not isinstance(given, list) or not isinstance(node, yaml.SequenceNode):
        yield _told(document, node, Say.SHAPE.of(key="related", shape=Say.RELATIONS.of()))
        return
    for item, place in zip(given, node.value, strict=True):
        if not isinstance(item, dict) or not {"id", "type"} <= item.keys():
            yield _told(document, place, Say.SHAPE.of(key="related", shape=Say.RELATIONS.of()))
            continue
        if not _is_uuid(item["id"]):
            yield _told(document, child(place, "id"), Say.ODD_ID.of(id=item["id"]))
        if item["type"] not in _RELATIONS:
            known = Say.ONE_OF.of(known=", ".join(_RELATIONS))
            yield _told(document, child(place, "type"), Say.NO_WORD.of(given=item["type"], key="related.type"), known)


def _is_uuid(value: object) -> bool:
    try:
        uuid.UUID(str(value))
    except ValueError:
        return False
    return True


def _told(document: Document, node: yaml.Node, message: str, advice: str = "") -> Problem:
    return problem(document.path, node, "schema", message, advice, "warning")
