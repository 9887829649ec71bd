"""ATT&CK: techniques and tactics of the version that rules are tagged with, and what became of older ids.

attack.json.zst is made by tests/tools/attack_table.py; names and ids are MITRE's (see NOTICE).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from backports import zstd


@dataclass(frozen=True, slots=True)
class Technique:
    """One technique in force. `platforms`: of those that we watch ("Windows", "Linux")."""

    id: str
    name: str
    tactics: tuple[str, ...]
    platforms: tuple[str, ...]

    @property
    def parent(self) -> str:
        """The id of the technique that it is a part of; its own if it is none."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Older:
    """One that is in force no more. `gone`: "revoked" or "deprecated"; `now`: ids in force that stand for it."""

    id: str
    name: str
    gone: str
    now: tuple[str, ...]


class Attack:
    """The table."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Take the table as attack_table.py writes it."""
        self.version: str = table["version"]
        self.source: str = table["source"]
        self.tactics: Sequence[str] = table["tactics"]
        """Short names in the order of the matrix, "privilege-escalation"."""
        self.divided: Mapping[str, Sequence[str]] = table["divided"]
        """Tactics that are no more, and those among which their techniques went."""
        self.techniques: Mapping[str, Technique] = {
            number: Technique(number, name, tuple(tactics), tuple(platforms))
            for number, (name, tactics, platforms) in table["techniques"].items()
        }
        self.older: Mapping[str, Older] = {
            number: Older(number, name, gone, tuple(now)) for number, (name, gone, now) in table["older"].items()
        }

    def now(self, number: str) -> tuple[str, ...]:
        """Return the ids in force that an id stands for, whatever its case: itself, its successors, none."""
        number = number.upper()
        if number in self.techniques:
            return (number,)
        return self.older[number].now if number in self.older else ()

    def of_tags(self, tags: Sequence[str]) -> tuple[Technique, ...]:
        """Return the techniques that a rule's tags name, older ids as what stands for them now; each once."""
        named = (tag.removeprefix("attack.") for tag in map(str.lower, tags) if tag.startswith("attack.t"))
        found = dict.fromkeys(number for name in named for number in self.now(name))
        return tuple(self.techniques[number] for number in found)


@cache
def attack() -> Attack:
    """Return the table that comes with the product."""
    return Attack(json.loads(zstd.decompress(files(__package__).joinpath("attack.json.zst").read_bytes())))
