"""What the fixture server knows of exceptions: a few of each sort, and how they are tried, stated, prolonged, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.dashboard import seed
from tests.dashboard.seed import NOW, Json, text_of

RULE = "7d1f0000-0000-4000-8000-000000000000"
"""That of the first alert."""
FAULT = {"refusal": "search_field", "name": "x", "at": 1}
WIDE = "*"
"""The search that nearly every event meets."""


def exceptions() -> dict[int, Json]:
    """Make them: an ordinary one; those that are very much, about to end, idle, ended; one with bad texts."""
    ordinary = exception(1, held=1_204, a_day=8.6, last=timedelta(hours=2))
    loud = exception(2, rule="*", title="", title_vi="", query="user.name:svc-scan", held=91_000, a_day=1_300.0)
    ending = exception(3, left=timedelta(days=3), held=12, a_day=0.4, last=timedelta(days=1), site="Đà Nẵng")
    idle = exception(4, age=timedelta(days=40), query="process.executable:/opt/old/agent")
    ended = exception(5, held=7, last=timedelta(days=9))
    ended |= {"state": "ended", "ended": text_of(NOW - timedelta(days=8)), "ended_by": "binh", "ended_why": "job moved"}
    hostile = exception(6, query=f'message:"{seed.HOSTILE[2]}"', why=seed.HOSTILE[0], title=seed.HOSTILE[4])
    hostile |= {"fault": "there is no field 'x'", "expires": None, "fault_params": FAULT}
    return {row["id"]: row for row in (hostile, ended, idle, ending, loud, ordinary)}


def exception(
    number: int,
    *,
    age: timedelta = timedelta(days=2),
    left: timedelta = timedelta(days=60),
    held: int = 0,
    a_day: float = 0.0,
    last: timedelta | None = None,
    **more: Any,
) -> Json:
    """Make one in force."""
    return {
        "id": number, "rule": RULE, "title": seed.RULES[0][0], "title_vi": seed.RULES[0][1], "site": "",
        "query": 'user.name:svc-backup and process.command_line:"bash -c *"', "by": "an",
        "why": "nightly backup, ticket 4711",
        "time": text_of(NOW - age), "expires": text_of(NOW + left), "state": "active", "fault": "",
        "fault_params": {}, "held": held,
        "last": text_of(NOW - last) if last is not None else None, "held_a_day": a_day,
        "ended": None, "ended_by": "", "ended_why": "", "prolonged": None, "prolonged_by": "", "prolonged_why": "",
        **more,
    }  # fmt: skip


def detail(row: Json) -> Json:
    """Add what it held back."""
    if not row["held"]:
        return {**row, "rules": {}, "recent": []}
    alert = seed.alert(9)
    event = {**seed.detail(alert, [], [])["events"][0], "time": 1, "received": 2}
    held = {
        "rule": RULE,
        "title": row["title"],
        "title_vi": row["title_vi"],
        "hostname": seed.HOSTILE[2],
        "event": event,
    }
    held |= {"summary": seed.HOSTILE[1], "alert": "f" * 32, "time": alert["time"], "seen": text_of(NOW)}
    return {**row, "rules": {RULE: row["held"] - 1, "other": 1}, "recent": [held]}


def tried(rows: dict[str, Json], body: Json) -> Json:
    """Tell what one would have held back: of the alerts of its rule those whose user or command it names."""
    looked = [row for row in rows.values() if body["rule"] in ("*", row["rule"])]
    held = [row for row in looked if body["query"] == WIDE or f"user.name:{row['user']}" in body["query"].split()]
    against = [row["id"] for row in held if row["verdict"] == "true_positive"]
    alerts = {
        "looked": len(looked), "held": len(held), "open": sum(row["status"] == "open" for row in held),
        "against": against[:10], "contested": len(against), "unsure": 0, "more": False, "some": held[:10],
    }  # fmt: skip
    fitting = [row["id"] for row in held if row["status"] == "open"]
    return {
        "fitting": fitting,
        "days": 30,
        "events": 4_200,
        "wide": body["query"] == WIDE,
        "same": None,
        "alerts": alerts,
    }


def stated(number: int, body: Json) -> Json:
    """Make what somebody put in force."""
    told = {name: body[name] for name in ("rule", "query", "site", "why")}
    return {**exception(number, age=timedelta(0), **told), "expires": ending(body)}


def prolonged(row: Json, body: Json) -> Json:
    """Give it a later end."""
    by = {"prolonged": text_of(NOW), "prolonged_by": "an", "prolonged_why": body["why"]}
    return {**row, **by, "expires": ending(body)}


def ended(row: Json, body: Json) -> Json:
    """End it."""
    return {**row, "state": "ended", "ended": text_of(NOW), "ended_by": "an", "ended_why": body["why"]}


def ending(body: Json) -> str | None:
    """Tell when it would end."""
    return None if body["valid_days"] is None else text_of(NOW + timedelta(days=body["valid_days"]))
