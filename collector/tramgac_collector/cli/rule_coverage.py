"""`tramgac rules coverage`: which techniques of ATT&CK rules cover."""

from __future__ import annotations

import json as json_
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.groups import attach
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.misuse import choose
from tramgac_collector.cli.options import Json, State, client_of, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.rule_tools import present, trying
from tramgac_collector.cli.rule_words import RuleHeading, RuleWord
from tramgac_collector.cli.terminal import table
from tramgac_collector.cli.times import moment
from tramgac_collector.cli.words import Word

if TYPE_CHECKING:
    from tramgac_rules.authoring.coverage import Covered, Covering

    from tramgac_collector.cli.client import Client

_PLATFORMS = {"linux": "Linux", "windows": "Windows"}
_HEADS = (RuleHeading.TECHNIQUE, RuleHeading.STANDING, RuleHeading.RULES, Heading.NAME, RuleHeading.MISSING)
_WORDS = {
    "covered": RuleWord.COVERED_WORD,
    "watch": RuleWord.WATCH_WORD,
    "blind": RuleWord.BLIND_WORD,
    "none": RuleWord.NONE_WORD,
}
_RECENT = "14d"
"""A host gives a log if it sent a line of it in this time."""


def attach_to(made: typer.Typer) -> None:
    """Add the command to `tramgac rules`."""
    attach(made, "coverage", RuleWord.ABOUT_COVERAGE, coverage)


def coverage(
    ctx: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help=say(Word.OPTION_RULES))] = None,
    *,
    host: Annotated[str, typer.Option(metavar="H", help=say(RuleWord.OPTION_COVERED_HOST))] = "",
    platform: Annotated[str, typer.Option(metavar="SYSTEM", help=say(RuleWord.OPTION_PLATFORM))] = "",
    everything: Annotated[bool, typer.Option("--all", help=say(RuleWord.OPTION_ALL))] = False,
    navigator: Annotated[Path | None, typer.Option(metavar="FILE", help=say(RuleWord.OPTION_NAVIGATOR))] = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Tell the coverage of rules in paths, or of those on offer at the collector."""
    from tramgac_rules.authoring import coverage as measuring
    from tramgac_rules.authoring.attack import attack

    from tramgac_collector.workshop import desk

    if platform:
        choose("--platform", platform, tuple(_PLATFORMS))
    if paths and host:
        raise Misuse(say(RuleWord.COLLECTOR_OR_PATHS))
    gives: frozenset[str] | None = None
    if paths:
        with trying():
            rules = desk.coverings(present(paths), platform)
    else:
        client = client_of(ctx, state)
        items = client.get("/api/rules")["items"]
        if host:
            told = client.get(f"/api/hosts/{host}")
            platform = platform or str(told["os"])
            rules = of_items(items, platform)
            gives = frozenset(given_by(client, told, rules))
        else:
            rules = of_items(items, platform)
    platforms = [_PLATFORMS[platform]] if platform in _PLATFORMS else []
    found = measuring.coverage(rules, attack(), gives, platforms)
    if navigator is not None:
        _write_layer(navigator, measuring.layer(found, attack(), host or "Trạm Gác"))
    shown = [one for one in found if everything or one.standing != measuring.NONE]
    if json:
        for one in shown:
            write(_row(one))
        return
    table((_cells(one) for one in shown), heads=[say(head) for head in _HEADS])
    counts = Counter(one.standing for one in found)
    tell(RuleWord.COVERED, version=attack().version, all=len(found), **{name: counts[name] for name in _WORDS})
    if gives is not None:
        _tell_gives(host, gives)
    if navigator is not None:
        tell(RuleWord.LAYER_WRITTEN, path=navigator)


def of_items(items: Iterable[Mapping[str, Any]], platform: str) -> list[Covering]:
    """Give the rules that a collector has on offer, with their states there."""
    from tramgac_rules.authoring.coverage import Covering

    known = {item["id"]: item for item in items}
    return [
        Covering(number, item["title"], item["tags"], item.get("state", "alert"), _needs(item, known, platform))
        for number, item in known.items()
        if not item.get("quiet")
    ]


def _needs(item: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], platform: str) -> frozenset[str]:
    """Give what a rule on offer needs: a correlation what any of its rules does, YARA something that tells of files."""
    from tramgac_rules.authoring.telemetry import needed
    from tramgac_rules.rule import LogSource

    from tramgac_collector.workshop.desk import OF_FILES

    if "members" in item:
        members = (known[name] for name in item["members"] if name in known)
        return frozenset().union(*(_needs(member, known, platform) for member in members))
    return needed(LogSource(**item["logsource"]), platform) if "logsource" in item else OF_FILES


def given_by(client: Client, host: Mapping[str, Any], rules: Iterable[Covering]) -> Iterable[str]:
    """Yield what a host gives: its sensors that see, and the logs that rules need and it sent lately."""
    from tramgac_rules.authoring.telemetry import CHANNEL, SERVICE

    yield from (sensor["capability"] for sensor in host["sensors"] if sensor["state"] == "alive")
    needs = {need for rule in rules for need in rule.needs}
    for prefix, kind, field in ((CHANNEL, "event_log", "winlog.channel"), (SERVICE, "log_line", "log.syslog.appname")):
        asked: dict[str, Any] = {"host": host["id"], "kind": kind, "since": moment(_RECENT)}
        if client.get("/api/events/count", **asked)["count"]:
            for need in sorted(need for need in needs if need.startswith(prefix) and not need.endswith("*")):
                query = f'{field}:"{need.removeprefix(prefix)}*"'  # with a star, case does not count
                if client.get("/api/events/count", **asked, q=query)["count"]:
                    yield need


def _write_layer(path: Path, layer: Mapping[str, Any]) -> None:
    try:
        path.write_text(json_.dumps(layer, ensure_ascii=False, indent=1) + "\n", "utf-8")
    except OSError as error:
        raise Failed(say(RuleWord.CANNOT_WRITE, path=path, why=error.strerror or error)) from error


def _row(one: Covered) -> dict[str, Any]:
    about = {"technique": one.technique.id, "name": one.technique.name, "tactics": list(one.technique.tactics)}
    return {**about, "standing": one.standing, "rules": list(one.rules), "missing": list(one.missing)}


def _cells(one: Covered) -> list[object]:
    missing = ", ".join(one.missing[:4])
    return [one.technique.id, say(_WORDS[one.standing]), len(one.rules), one.technique.name, missing]


def _tell_gives(host: str, gives: Collection[str]) -> None:
    if gives:
        tell(RuleWord.HOST_GIVES, host=host, gives=", ".join(sorted(gives)))
    else:
        tell(RuleWord.HOST_GIVES_NOTHING, host=host)
