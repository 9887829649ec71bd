"""A rule's ATT&CK tags looked up in the table: older ids name their successors, unknown ones what is near."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tramgac_rules.authoring.attack import Attack, Older, attack
from tramgac_rules.authoring.nearest import did_you_mean
from tramgac_rules.authoring.texts import Text, Words

_TECHNIQUE = re.compile(r"t\d{4}(\.\d{3})?")
_OTHER = re.compile(r"(g|s|c|m|ds|dc|an|det)\d{4}|ta\d{4}")  # groups, software, campaigns and the like: not looked up


class TagSay(Words):
    """What is wrong with a tag, and what to write."""

    NO_TECHNIQUE = (
        "{tag} is no technique of ATT&CK v{version} for enterprises",
        "{tag} không phải kỹ thuật của ATT&CK v{version} (enterprise)",
    )
    OLDER = (
        "{tag} ({name}) is no longer in ATT&CK: v{version} has others",
        "{tag} ({name}) không còn trong ATT&CK: v{version} đã thay",
    )
    WRITE = "Write {tags}.", "Hãy viết {tags}."
    WRITE_FITTING = "Write what fits of {tags}.", "Hãy viết mục phù hợp trong {tags}."
    NO_SUCCESSOR = "MITRE names none; take the tag out.", "MITRE không nêu mục thay thế; hãy bỏ thẻ này."
    NO_TACTIC = "{tag} is no tactic of ATT&CK v{version}", "{tag} không phải chiến thuật của ATT&CK v{version}"
    DIVIDED = (
        "{tag} was divided in ATT&CK v{version}",
        "{tag} đã được tách ra trong ATT&CK v{version}",
    )


@dataclass(frozen=True, slots=True)
class TagProblem:
    """What is wrong with one tag."""

    tag: str
    message: Text
    advice: str = ""


def tag_problems(tags: Sequence[str], table: Attack | None = None) -> Iterator[TagProblem]:
    """Yield what is wrong with tags; those of other namespaces (`cve.`, `tlp.`) are no business of this table."""
    table = table or attack()
    for tag in tags:
        space, _, name = tag.lower().partition(".")
        if space == "attack" and not _OTHER.fullmatch(name):
            found = _technique(tag, name.upper(), table) if _TECHNIQUE.fullmatch(name) else _tactic(tag, name, table)
            if found is not None:
                yield found


def _technique(tag: str, number: str, table: Attack) -> TagProblem | None:
    if number in table.techniques:
        return None
    older = table.older.get(number)
    if older is not None:
        message = TagSay.OLDER.of(tag=tag, name=older.name, version=table.version)
        return TagProblem(tag, message, _instead(older, table))
    message = TagSay.NO_TECHNIQUE.of(tag=tag, version=table.version)
    parent = number.partition(".")[0]
    return TagProblem(tag, message, TagSay.WRITE.of(tags=_tag(parent, table)) if parent in table.techniques else "")


def _instead(older: Older, table: Attack) -> Text:
    tags = ", ".join(_tag(number, table) for number in older.now)
    if not tags:
        return TagSay.NO_SUCCESSOR.of()
    return (TagSay.WRITE if len(older.now) == 1 else TagSay.WRITE_FITTING).of(tags=tags)


def _tag(number: str, table: Attack) -> str:
    return f"attack.{number.lower()} ({table.techniques[number].name})"


def _tactic(tag: str, name: str, table: Attack) -> TagProblem | None:
    short = name.replace("_", "-")
    if short in table.tactics:
        return None
    if short in table.divided:
        tags = ", ".join(f"attack.{one}" for one in table.divided[short])
        return TagProblem(tag, TagSay.DIVIDED.of(tag=tag, version=table.version), TagSay.WRITE_FITTING.of(tags=tags))
    message = TagSay.NO_TACTIC.of(tag=tag, version=table.version)
    return TagProblem(tag, message, did_you_mean(short, table.tactics))
