"""What the API refuses, as one sentence for the person: what, where, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.errors import CommandError, Failed, Misuse
from tramgac_collector.cli.exception_words import ExceptionWord
from tramgac_collector.cli.misuse import no_choice
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.times import local
from tramgac_collector.cli.value_words import values_of
from tramgac_collector.cli.words import Word

_WRITTEN: Final = {
    "ttl_s": "--valid",
    "q": "QUERY",
    "valid_days": "--valid",
    "name": "NAME",
    "verdict": "VERDICT",
    "password": "password",
}
"""How people write what a request calls otherwise; parts of a path are arguments, the rest options of the same name."""

_MISUSE: Final = frozenset({"user_name", "reason_missing"})

_LIMITS: Final = {
    "less_than_equal": (Complaint.AT_MOST, "le"),
    "greater_than_equal": (Complaint.AT_LEAST, "ge"),
    "string_too_long": (Complaint.TOO_LONG, "max_length"),
    "string_too_short": (Complaint.TOO_SHORT, "min_length"),
}
_EMPTY: Final = {"why": Complaint.EMPTY_WHY}
"""What is said of a text that is empty, where that needs more than to say so."""


def refusal(status: int, body: bytes, path: str, state: Path) -> CommandError:
    """Give the error that an answer of `status` stands for; `path` is what was asked, of the collector at `state`."""
    try:
        told = json.loads(body)
        code, params = str(told["error"]), dict(told["params"])
    except (ValueError, KeyError, TypeError):
        code, params = f"HTTP {status}", {}
    if "allowed" in params:
        return no_choice(_written(params.get("field", "")), str(params.get("value", "")), list(params["allowed"]))
    if fields := params.get("fields"):
        return Misuse("\n".join(_field(field) for field in fields))
    if word := params.get("refusal"):
        return _refused(str(word), params, code)
    if "field" in params:
        return Misuse(say(Complaint.BAD_VALUE, field=_written(params["field"]), value=params.get("value", "")))
    if status == HTTPStatus.NOT_FOUND:
        return Failed(say(Complaint.ABSENT, path=path))
    return _other(code, {**params, "state": state})


def _refused(word: str, params: Mapping[str, Any], code: str) -> CommandError:
    kind = Misuse if word.startswith("search_") or word in _MISUSE else Failed
    return kind(sentence(word, params) or say(Word.REFUSED, what=params.get("reason", code)))


def sentence(word: str, params: Mapping[str, Any]) -> str:
    """Give what is said of a refusal; empty for one that has no sentence here."""
    try:
        return say(Complaint[word.upper()], **_shown(params))
    except KeyError:
        return ""


def _shown(params: Mapping[str, Any]) -> dict[str, Any]:
    """Give parameters as people read them: lists with commas, an end by this machine's clock."""
    shown = {**params, "found": ", ".join(map(str, params.get("found", ())))}
    if "type" in params:
        shown["type"] = values_of(str(params.get("name", "")), str(params["type"]))
    if "expires" in params:
        shown["expires"] = until(params["expires"])
    return shown


def until(expires: str | None) -> str:
    """Give up to when an exception stands: until a time, or without an end."""
    return say(ExceptionWord.UNTIL, when=local(expires)) if expires else say(ExceptionWord.ENDLESS)


def _other(code: str, params: Mapping[str, Any]) -> CommandError:
    try:
        return Failed(say(Complaint[code.upper()], **params))
    except KeyError:
        return Failed(say(Word.REFUSED, what=code))


def _field(field: Mapping[str, Any]) -> str:
    where, _, part = str(field.get("at", "")).partition(".")
    name, kind = part.upper() if where == "path" else _written(part), str(field.get("kind", ""))
    word, limit = _LIMITS.get(kind, (Complaint.BAD_FIELD, ""))
    limits = field.get("limits") or {}
    if limit not in limits:
        return say(Complaint.BAD_FIELD, field=name, why=kind)
    if word is Complaint.TOO_SHORT and limits[limit] == 1:
        return say(_EMPTY.get(part, Complaint.EMPTY), field=name)
    return say(word, field=name, limit=limits[limit])


def _written(name: str) -> str:
    return _WRITTEN.get(name, f"--{name}")
