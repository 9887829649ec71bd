"""Command lines whose help and complaints are in the reader's language."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from tramgac_agent import help_words as words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tramgac_agent.words import Text

_FAULTS: Final[tuple[tuple[re.Pattern[str], Text], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"the following arguments are required: (?P<name>.*)", words.MISSING),
        (r"argument (?P<name>.*?): invalid choice: (?P<given>.*) \(choose from (?P<known>.*)\)", words.CHOICE),
        (r"argument (?P<name>.*?): invalid int value: (?P<given>.*)", words.NUMBER),
        (r"argument (?P<name>.*?): expected one argument", words.NEEDS_VALUE),
        (r"argument (?P<name>.*?): ignored explicit argument .*", words.NO_VALUE),
        (r"ambiguous option: (?P<given>.*?) could match (?P<known>.*)", words.UNCLEAR),
    )
)
"""What argparse says of a wrong command line (3.11 to 3.13), and what we say."""


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, words.USAGE.say() if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks the reader's language; its `-h` is made here."""

    def __init__(self, prog: str | None = None, *, help: str | None = None, **more: Any) -> None:  # noqa: A002, ARG002 - argparse's name; the parser above shows it
        super().__init__(prog, add_help=False, formatter_class=_Formatter, **more)
        self._optionals.title = words.OPTIONS.say()
        self.add_argument("-h", "--help", action="help", help=words.HELP.say())

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {explained(message)}\n")

    def surplus(self, given: Sequence[str]) -> NoReturn:
        """Say which option there is not, and which was meant, or that these words have no place; end with 2."""
        import difflib  # the parts of an agent live long and never need it

        option = given[0].partition("=")[0]
        if not option.startswith("-"):
            self.error(words.SURPLUS.say(given=" ".join(given)))
        shown = (action for action in self._actions if action.help != argparse.SUPPRESS)
        known = [name for action in shown for name in action.option_strings]
        found = difflib.get_close_matches(option, known, n=1)
        self.error(words.NO_OPTION.say(given=option, near=words.NEAR.say(name=found[0]) if found else ""))


def explained(message: str) -> str:
    """What argparse says, as we say it."""
    for pattern, text in _FAULTS:
        if found := pattern.fullmatch(message):
            facts = found.groupdict()
            if "known" in facts:
                facts["known"] = facts["known"].replace("'", "")
            return text.say(**facts)
    return message
