"""What a wrong command line is told: one sentence that says what, where and how to mend it, then how it is written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from tramgac_collector.cli.complaints import Complaint
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.pairs import say
from tramgac_collector.vocabulary_words import typed

if TYPE_CHECKING:
    from typer.exceptions import TyperException

_EXTRA: Final = re.compile(r".* extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def near(given: str, known: Iterable[str]) -> str:
    """Give "; did you mean X?" for the closest of the words that there are, empty if none is close."""
    found = difflib.get_close_matches(given.lower(), list(known), n=1, cutoff=0.5)
    return say(Complaint.NEAR, near=found[0]) if found else ""


def no_choice(field: str, value: str, allowed: Sequence[str], among: str = "") -> Misuse:
    """Give what is said of a word that is none of those allowed; `among`: the set whose words tables translate."""
    params = {"field": field, "value": _quoted(value), "allowed": typed(among, allowed)}
    return Misuse(say(Complaint.CHOICE, near=near(value, allowed), **params))


def choose(field: str, value: str, allowed: Sequence[str], among: str = "") -> str:
    """Give the value if it is one of the words allowed. Raises Misuse as `no_choice` has it."""
    if value not in allowed:
        raise no_choice(field, value, allowed, among)
    return value


def no_command(command: str, given: str, known: Sequence[str], usage: str) -> Misuse:
    """Give what is said of a command that does not exist."""
    params = {"command": command, "given": _quoted(given), "known": ", ".join(known)}
    return _with(say(Complaint.NO_COMMAND, near=near(given, known), **params), usage)


def incomplete(command: str, name: str, advice: str, usage: str) -> Misuse:
    """Give what is said where nothing stands to act on, of several things that could."""
    return _with(f"{say(Complaint.MISSING, command=command, name=name)} {advice}", usage)


def explained(error: TyperException, command: str, usage: str) -> Misuse:
    """Give what is said of a fault that typer found; its classes are private, so their attributes tell them apart."""
    return _with(_fault(error, command), usage)


def _fault(error: Any, command: str) -> str:
    if hasattr(error, "option_name"):
        return _option(error, command)
    param = getattr(error, "param", None)
    if param is not None:
        return _value(error, param, command)
    if extra := _EXTRA.fullmatch(error.message):
        return say(Complaint.TOO_MANY, command=command, given=_quoted(extra[1]))
    return say(Complaint.OTHER, command=command, why=error.message)


def _option(error: Any, command: str) -> str:
    if hasattr(error, "possibilities"):
        close = near(error.option_name, error.possibilities or ())
        return say(Complaint.NO_OPTION, command=command, given=error.option_name, near=close)
    word = Complaint.NO_VALUE if "not take" in error.message else Complaint.NEEDS_VALUE
    return say(word, command=command, name=error.option_name)


def _value(error: Any, param: Any, command: str) -> str:
    name = shown(param)
    if hasattr(error, "param_type"):
        return say(Complaint.MISSING, command=command, name=name)
    if getattr(param, "min", None) is not None:
        word = Complaint.LEAST if param.max is None else Complaint.RANGE
        return say(word, command=command, name=name, least=param.min, most=param.max)
    if param.type_descriptor.annotation is int:
        return say(Complaint.NUMBER, command=command, name=name)
    return say(Complaint.OTHER, command=command, why=error.format_message())


def shown(param: Any) -> str:
    """Give a parameter's name as people write it: its longest option, or an argument's word."""
    if param.param_type_name == "option":
        return max(map(str, param.opts), key=len)
    return str(param.metavar or param.name.upper()).strip(".[]")


def _with(sentence: str, usage: str) -> Misuse:
    return Misuse(f"{sentence}\n{say(Complaint.USAGE, usage=usage)}")


def _quoted(text: str) -> str:
    return f"'{text}'"
