"""What a site has for the placeholders of rules: a document of its own, in any file beside them.

placeholders:
    Administrators: [adm_*, root]
    JumpServers: jump01
"""

import re
from collections.abc import Iterator

import yaml

from tramgac_rules.authoring.documents import Document, child, entries, problem
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.words import Say

KEY = "placeholders"
_DECLARED = re.compile(rf"^[\"']?{KEY}[\"']?\s*:", re.MULTILINE)


def may_declare(text: str) -> bool:
    """Tell whether a file's text may have such a document; few have."""
    return _DECLARED.search(text) is not None


def take(document: Document, known: dict[str, list[str]]) -> Iterator[Problem]:
    """Add the placeholders of a document to those known; yield what is wrong with them."""
    node = child(document.node, KEY)
    given = document.data.get(KEY)
    if not isinstance(given, dict) or not given:
        yield problem(document.path, node, KEY, Say.NO_PLACEHOLDERS.of(), Say.WRITE_PLACEHOLDERS.of())
        return
    values = {str(name): value for name, value in given.items()}
    for name, key, _ in entries(node):
        if name in known:
            yield problem(document.path, key, KEY, Say.PLACEHOLDER_TWICE.of(name=name), Say.ONE_COUNTS.of())
            continue
        texts = _texts(values.get(name))
        if texts is None:
            yield _wrong(document, name, key)
        else:
            known[name] = texts


def _texts(value: object) -> list[str] | None:
    """Return the values of a placeholder, None where they are none: nothing, or more than texts and numbers."""
    values = value if isinstance(value, list) else [value]
    plain = all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in values)
    return [str(one) for one in values] if values and plain else None


def _wrong(document: Document, name: str, key: yaml.Node) -> Problem:
    return problem(document.path, key, KEY, Say.ODD_PLACEHOLDER.of(name=name), Say.WRITE_PLACEHOLDERS.of())
