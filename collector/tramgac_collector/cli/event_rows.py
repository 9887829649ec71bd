"""Stored events as `tramgac events` and `hunt` show them, and the time that a search looks at."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tramgac_proto.names import parse_time, time_text

from tramgac_collector.cli.event_about import about
from tramgac_collector.cli.headings import Heading
from tramgac_collector.cli.hunt_words import HuntWord
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.times import local, moment
from tramgac_collector.cli.twins import called, twins

if TYPE_CHECKING:
    from tramgac_collector.cli.client import Client

_DAY_NS = 86_400_000_000_000
COLUMNS = (Heading.TIME, Heading.HOST, Heading.KIND, Heading.ABOUT)


def looked_back(asked: dict[str, str | None]) -> None:
    """Bound a search that does not say since when, as the API does, and say so; not all cold days."""
    until = asked["until"]
    if asked["since"] is not None or (asked["cold"] and until is None):
        return
    if until is None:
        asked["since"] = moment("24h")
        said = say(HuntWord.LOOKED_BACK, since=local(asked["since"]))
    else:
        asked["since"] = time_text(max(0, parse_time(until) - _DAY_NS))
        said = say(HuntWord.LOOKED_BACK_FROM, since=local(asked["since"]), until=local(until))
    sys.stderr.write(said + "\n")


def called_by_name(client: Client) -> dict[str, str]:
    """Give what each host is called, by id."""
    hosts = {row["id"]: row["name"] for row in client.get("/api/hosts")["items"]}
    shared = twins(hosts.items())
    return {host: called(host, name, shared) for host, name in hosts.items()}


def columns(names: Mapping[str, str], row: dict[str, Any]) -> list[object]:
    """Give an event as a row of COLUMNS."""
    return [local(row["time"], fine=True), names.get(row["host"], row["host"]), row["kind"], about(row)]
