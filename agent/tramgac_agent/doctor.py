"""`tramgac-agent doctor`: what is well, what is not, and what to do about it. Reads the state folder alone."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import stat
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from tramgac_wire.said import reasoned

from tramgac_agent import checks as say
from tramgac_agent import identity
from tramgac_agent.content import version_in_force
from tramgac_agent.errors import IdentityError, NotEnrolled
from tramgac_agent.paths import advised
from tramgac_agent.status import Life, Status, read_status
from tramgac_agent.words import TICKET, vietnamese

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tramgac_agent.config import AgentConfig

MAX_NAMED: Final = 5
"""Parked rules that are named."""
STALE_S: Final = 30.0
"""Sensor process and uplink write every few seconds."""
ROOM: Final = 16 << 20
"""Bytes: with less free, the spool, a new bundle or a status may find no place."""
DAY_S: Final = 86_400.0
SKEW_S: Final = 300.0
DAYS: Final = 2.0
"""A certificate that ends sooner was not renewed in time."""


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `advice` is empty where all is well."""

    check: str
    ok: bool
    detail: str
    advice: str = ""


def examine(config: AgentConfig, now: float) -> list[Check]:
    """Everything, in the order in which a person mends things. `now` is seconds since 1970."""
    uplink = read_status(config.paths.uplink_status, now, STALE_S)
    sensor = read_status(config.paths.sensor_status, now, STALE_S)
    return [
        *_identity(config, now, uplink.facts),
        *_parts(config, now),
        *_disk(config),
        _clock(config, uplink),
        *_link(config, now, uplink),
        _spool(config, sensor),
        *_sensors(config, sensor),
        *_lens(config, sensor.facts),
        *_parked(sensor.facts),
        *_left_out(sensor.facts),
        _content(config, sensor, uplink.facts),
    ]


def run(config: AgentConfig, *, as_json: bool) -> int:
    """Print it; 1 if something is wrong."""
    found = examine(config, time.time())
    for check in found:
        sys.stdout.write((json.dumps(asdict(check), ensure_ascii=False) if as_json else _line(check)) + "\n")
    return 0 if all(check.ok for check in found) else 1


def _line(check: Check) -> str:
    """For people."""
    line = f"{'ok ' if check.ok else 'BAD'}  {check.check:16} {check.detail}"
    return f"{line}\n     {'':16} → {check.advice}" if check.advice else line


def _commands(config: AgentConfig) -> dict[str, str]:
    """Commands that advice names, as they are typed for this state folder."""
    words = {"enrol": f"enrol --ticket {TICKET.say()}", "run": "run", "install": "install"}
    return {name: advised(command, config.state) for name, command in words.items()}


def _at(moment: float) -> str:
    """Seconds since 1970, on this host's clock."""
    return dt.datetime.fromtimestamp(moment).astimezone().isoformat(" ", "seconds")


def _down(config: AgentConfig, check: str, status: Status, *, unknown: bool = False) -> Check:
    """The finding where whoever should tell does not run: since when, how it came, and what is `unknown` for that."""
    why = say.LIFE[status.life].say(at=_at(status.time), pid=status.pid)
    advice = say.HANGS if status.life is Life.SILENT else say.START
    if status.life is Life.SILENT and (_free(config) or 0) < ROOM:
        advice = say.NO_STATUS
    detail = say.UNKNOWN.say(why=why) if unknown else why
    return Check(check, ok=False, detail=detail, advice=advice.say(pid=status.pid, **_commands(config)))


def _identity(config: AgentConfig, now: float, uplink: Mapping[str, Any]) -> Iterator[Check]:
    try:
        ours = identity.load(config.paths)
    except (NotEnrolled, IdentityError) as error:
        yield Check("identity", ok=False, detail=str(error), advice=say.ENROL.say(**_commands(config)))
        return
    mode = config.paths.key.stat().st_mode
    if sys.platform != "win32" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        path = config.paths.key
        yield Check("identity", ok=False, detail=say.OPEN_KEY.say(path=path), advice=say.CLOSE_KEY.say(path=path))
    else:
        yield Check("identity", ok=True, detail=say.IDENTITY.say(host=ours.host))
    days = (ours.not_after.timestamp() - now - uplink.get("skew_ns", 0) / 1e9) / DAY_S
    if days >= DAYS:
        yield Check("certificate", ok=True, detail=say.CERTIFICATE.say(days=days))
    else:
        text = say.CERTIFICATE if days >= 0 else say.CERTIFICATE_OVER
        yield Check("certificate", ok=False, detail=text.say(days=abs(days)), advice=say.RENEWAL.say())


def _parts(config: AgentConfig, now: float) -> Iterator[Check]:
    """Restarts, where `run` has written them down; a part of its own service is counted by systemd."""
    supervisor = read_status(config.paths.parts_status, now)
    if supervisor.life is Life.NEVER:
        return
    for part in ("sensor", "uplink"):
        facts = supervisor.told[part]
        detail = say.PARTS.say(part=part, restarts=facts["restarts"], last=facts["last_exit"] or "-")
        ok = not (facts["restarts"] and supervisor.life is Life.RUNS and now - supervisor.time < DAY_S)
        yield Check("restarts", ok, detail, "" if ok else say.PARTS_ADVICE.say())


def _free(config: AgentConfig) -> int | None:
    """Bytes free where the state folder is, now: a status that finds no room cannot say so."""
    try:
        return shutil.disk_usage(config.state).free
    except OSError:
        return None


def _disk(config: AgentConfig) -> Iterator[Check]:
    free = _free(config)
    if free is None:  # no folder yet: the identity is told to be missing
        return
    ok = free >= ROOM
    detail = say.DISK.say(free=free >> 20, path=config.state)
    yield Check("disk", ok, detail, "" if ok else say.DISK_ADVICE.say(least=ROOM >> 20))


def _clock(config: AgentConfig, uplink: Status) -> Check:
    if not uplink.facts:
        return _down(config, "clock", uplink, unknown=True)
    if not uplink.facts.get("connects"):
        return Check("clock", ok=True, detail=say.CLOCK_UNKNOWN.say())
    seconds = uplink.facts["skew_ns"] / 1e9
    ok = abs(seconds) < SKEW_S
    return Check("clock", ok, say.CLOCK.say(seconds=seconds), "" if ok else say.SET_CLOCK.say())


def _link(config: AgentConfig, now: float, status: Status) -> Iterator[Check]:
    uplink = status.facts
    if not uplink:
        yield _down(config, "link", status)
        return
    if uplink["state"] == "connected":
        yield Check("link", ok=True, detail=say.LINK.say(collector=config.collector))
    else:
        detail = say.LINK_DOWN.say(state=uplink["state"], reason=uplink.get("reason") or "-")
        yield Check("link", ok=False, detail=detail, advice=say.NETWORK.say(collector=config.collector))
    if failures := uplink.get("failures", 0):
        detail = say.NO_BATCH.say(count=failures)
        yield Check("sending", ok=False, detail=detail, advice=say.PARTS_ADVICE.say())
    if full := uplink.get("full"):
        yield Check("collector", ok=False, detail=say.FULL.say(at=_at(full)), advice=say.HELD_ADVICE.say())
    elif (held := uplink.get("held_until", 0.0)) > now:
        yield Check("collector", ok=False, detail=say.HELD.say(at=_at(held)), advice=say.HELD_ADVICE.say())
    ago = now - uplink.get("alarm_time", 0.0)
    if uplink.get("alarm") == "replaced" and ago < DAY_S:
        detail = say.REPLACED.say(ago=ago / 60)
        yield Check("one_identity", ok=False, detail=detail, advice=say.REPLACED_ADVICE.say())
    if (ago := now - uplink.get("turns_time", 0.0)) < DAY_S:
        yield Check("one_collector", ok=False, detail=say.TURNS.say(ago=ago / 60), advice=say.TURNS_ADVICE.say())
    if uplink.get("alarm") == "revoked" and uplink["state"] != "connected":
        yield Check("revoked", ok=False, detail=say.REVOKED.say(), advice=say.REVOKED_ADVICE.say())


def _spool(config: AgentConfig, status: Status) -> Check:
    sensor = status.facts
    if not sensor:
        return _down(config, "spool", status)
    spool = sensor["spool"]
    lanes = spool["lanes"].values()
    dropped = sum((Counter(lane["dropped"]) for lane in lanes), Counter(sensor["past"]))
    waiting = sum(lane["spooled"] for lane in lanes)
    sizes = {name: spool.get(name, 0) for name in ("bytes", "cap", "kept")}
    detail = say.SPOOL.say(**sizes, waiting=waiting, dropped=dropped.total())
    if dropped:
        detail += f" ({', '.join(f'{kind} {count}' for kind, count in sorted(dropped.items()))})"
    resent, gone = (sum(lane.get(name, 0) for lane in lanes) for name in ("resent", "gone"))
    if resent or gone:
        detail += f"; {say.SPOOL_AGAIN.say(resent=resent, gone=gone)}"
    for lane in lanes:
        if lane["emitted"] != lane["acked"] + lane["spooled"] + sum(lane["dropped"].values()):
            return Check("spool", ok=False, detail=detail, advice=say.SPOOL_BOOKS.say())
    if sensor["trouble"]:
        return Check("spool", ok=False, detail=f"{detail}; {sensor['trouble']}", advice=say.SPOOL_DISK.say())
    return Check("spool", ok=True, detail=detail)


def _sensors(config: AgentConfig, status: Status) -> Iterator[Check]:
    found = status.facts.get("sensors") or []
    if not status.facts:
        yield _down(config, "sensor", status)
    elif not found:
        yield Check("sensor", ok=False, detail=say.SENSOR_NONE.say(), advice=say.START.say(**_commands(config)))
    for one in found:
        state = str(one["state"]).removeprefix("SENSOR_STATE_").lower()
        alive = state == "alive"
        detail = say.SENSOR.say(rung=one["rung"] or "-", state=state)
        lines = str(one.get("why", "")).splitlines()
        why = "; ".join(reasoned(line, vietnamese=vietnamese()) for line in lines)
        advice = "" if alive else say.SENSOR_ADVICE.say()
        yield Check(f"sensor.{one['capability']}", alive, f"{detail} ({why})" if why else detail, advice)


def _lens(config: AgentConfig, sensor: Mapping[str, Any]) -> Iterator[Check]:
    """Where there are edge rules: whether they are in use, and how the child that judges them is locked in."""
    lens = sensor.get("lens") or {}
    if trouble := lens.get("trouble"):
        detail = say.LENS_TROUBLE.say(what="; ".join(str(trouble).splitlines()))
        yield Check("lens", ok=False, detail=detail, advice=say.LENS_ADVICE.say())
    elif missing := lens.get("missing"):
        detail = say.LENS_MISSING.say(held=", ".join(lens["held"]), missing=", ".join(missing))
        yield Check("lens", ok=False, detail=detail, advice=say.LENS_MISSING_ADVICE.say(**_commands(config)))
    elif lens.get("held"):
        yield Check("lens", ok=True, detail=say.LENS.say(rules=lens["rules"], held=", ".join(lens["held"])))


def _parked(sensor: Mapping[str, Any]) -> Iterator[Check]:
    """Rules that the judge here evaluates no longer; nothing is lost by it."""
    judge = sensor.get("judge") or {}
    if count := judge.get("parked"):
        rules = ", ".join(judge["parked_rules"][:MAX_NAMED])
        detail = say.PARKED.say(count=count, rules=rules + (", ..." if count > MAX_NAMED else ""))
        yield Check("rules", ok=True, detail=detail, advice=say.PARKED_ADVICE.say())


def _left_out(sensor: Mapping[str, Any]) -> Iterator[Check]:
    """What was seen and not looked at closely, if anything; that is no loss, and must be known all the same."""
    lens, failures = sensor.get("lens") or {}, sensor.get("rule_failures", 0)
    found = {
        "unhashed": sum((sensor.get("hashes") or {}).values()),
        "unscanned": lens.get("skipped", 0) + lens.get("refused", 0),
        "ownerless": sensor.get("without_process", 0),
        "failures": failures,
    }
    if any(found.values()):
        advice = say.LEFT_OUT_ADVICE.say() if failures else ""
        yield Check("left_out", not failures, say.LEFT_OUT.say(**found), advice)


def _on_disk(path: Path) -> int | None:
    """Number of the bundle that lies there; 0 for none, None where it cannot be read."""
    try:
        path.open("rb").close()
    except FileNotFoundError:
        return 0
    except OSError:
        return None
    return version_in_force(path) or None


def _content(config: AgentConfig, status: Status, uplink: Mapping[str, Any]) -> Check:
    sensor = status.facts
    version = sensor["content"] if sensor else _on_disk(config.paths.current)
    if version is None:
        return _down(config, "content", status, unknown=True)
    known = say.CONTENT if sensor else say.CONTENT_ON_DISK
    detail = known.say(version=version) if version else say.CONTENT_NONE.say()
    if os.path.exists(config.paths.content_unpinned):  # noqa: PTH110 - also where the folder may not be entered
        detail += say.CONTENT_UNPINNED.say()
    last = str(uplink.get("content", ""))
    wrong = say.CONTENT_REFUSED.say(what=last) if last and not last.endswith(": loaded") else ""
    if unloaded := sensor.get("content_unloaded"):
        wrong = say.CONTENT_UNLOADED.say(what=unloaded) + wrong
    return Check("content", not wrong, detail + wrong, say.CONTENT_ADVICE.say() if wrong else "")
