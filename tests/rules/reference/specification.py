"""A rule's YAML to a test of fields, by the Sigma specification 2.1: selections, their conditions, global filters."""

import re
from collections.abc import Callable, Mapping, Sequence

import yaml

from tests.rules.reference.values import Test, entry

Placeholders = Mapping[str, Sequence[str]]


def evaluator(text: str, placeholders: Placeholders | None = None, filters: Sequence[str] = ()) -> Test:
    """The test that a rule stands for; `filters`: global filters, YAML texts too, that apply to it."""
    tests = [_detection(yaml.safe_load(text)["detection"], placeholders or {})]
    tests += [_detection(yaml.safe_load(each)["filter"], placeholders or {}) for each in filters]
    return lambda fields: all(test(fields) for test in tests)


def _detection(detection: Mapping[object, object], placeholders: Placeholders) -> Test:
    selections = {
        str(name): selection(part, placeholders)
        for name, part in detection.items()
        if name not in ("condition", "rules")
    }
    given = detection["condition"]
    conditions = [condition(str(text), selections) for text in (given if isinstance(given, list) else [given])]
    return lambda fields: any(test(fields) for test in conditions)


def selection(part: object, placeholders: Placeholders) -> Test:
    """Maps: all of their entries; lists: one of them; texts: keywords."""
    if isinstance(part, dict):
        entries = [entry(str(key), value, placeholders) for key, value in part.items()]
        return lambda fields: all(test(fields) for test in entries)
    if isinstance(part, list):
        each = [selection(item, placeholders) for item in part]
        return lambda fields: any(test(fields) for test in each)
    return entry("", part, placeholders)


def condition(text: str, selections: Mapping[str, Test]) -> Test:
    """A condition's test: its words are rewritten until one is left, what binds most first."""
    words: list[str | Test] = list(re.findall(r"[()]|[^\s()]+", text))
    return _parse(words, selections)


def _parse(words: list[str | Test], selections: Mapping[str, Test]) -> Test:
    while "(" in words:
        closing = words.index(")")
        opening = max(at for at in range(closing) if words[at] == "(")
        words[opening : closing + 1] = [_parse(words[opening + 1 : closing], selections)]
    for at, word in reversed(list(enumerate(words))):
        if at and _is(word, "of") and _is(words[at - 1], "1", "any", "all"):
            words[at - 1 : at + 2] = [_several(str(words[at - 1]), str(words[at + 1]), selections)]
    tests = [selections.get(word, word) if isinstance(word, str) and not _is_operator(word) else word for word in words]
    for at, word in reversed(list(enumerate(tests))):
        if _is(word, "not"):
            tests[at : at + 2] = [_not(tests[at + 1])]  # type: ignore[arg-type]
    return _any([_all(part) for part in _split(tests, "or")])


def _is(word: str | Test, *wanted: str) -> bool:
    return isinstance(word, str) and word.lower() in wanted


def _is_operator(word: str) -> bool:
    return _is(word, "and", "or", "not")


def _split(words: Sequence[str | Test], operator: str) -> list[list[str | Test]]:
    parts: list[list[str | Test]] = [[]]
    for word in words:
        if _is(word, operator):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _all(words: list[str | Test]) -> Test:
    tests: list[Test] = [part[0] for part in _split(words, "and")]  # type: ignore[misc]
    assert all(map(callable, tests)), words
    return lambda fields: all(test(fields) for test in tests)


def _any(tests: list[Test]) -> Test:
    return lambda fields: any(test(fields) for test in tests)


def _not(test: Test) -> Test:
    return lambda fields: not test(fields)


def _several(quantifier: str, pattern: str, selections: Mapping[str, Test]) -> Test:
    """`1 of` and `all of`: names by `*` alone; those that begin with an underscore only where the pattern does."""
    wanted = ".*" if pattern == "them" else ".*".join(map(re.escape, pattern.split("*")))
    chosen = [
        test
        for name, test in selections.items()
        if re.fullmatch(wanted, name) and (pattern.startswith("_") or not name.startswith("_"))
    ]
    assert chosen, pattern
    join: Callable[..., bool] = all if quantifier.lower() == "all" else any
    return lambda fields: join(test(fields) for test in chosen)
