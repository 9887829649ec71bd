"""Settings of the agent: `config.toml` in the state folder, every field with its meaning and unit."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from tramgac_rules.costs import Budget
from tramgac_wire import whole

from tramgac_agent import words
from tramgac_agent.errors import ConfigError
from tramgac_agent.paths import AgentPaths, default_state
from tramgac_agent.sensors.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """All settings, with what holds when config.toml is silent."""

    state: Path = field(default_factory=default_state)
    """The state folder; not a line of config.toml."""
    collector: str = ""
    """HOST:PORT of the collector's session port; written by enrolment."""
    scope: Scope = field(default_factory=Scope)
    """What the sensors look at (a table of its own in config.toml)."""
    flush_urgent_s: float = 0.0
    """Longest wait of an urgent event before it is sent, seconds."""
    flush_security_s: float = 30.0
    """Longest wait of process, connection and log events before they are sent, seconds."""
    flush_bulk_s: float = 30.0
    """Longest wait of file events and inventory before they are sent, seconds."""
    flush_quiet_s: float = 120.0
    """Longest wait of all but urgent events at night and on a metered line, seconds."""
    metered: str = "auto"
    """Whether the line costs by the byte: yes, no, or auto, which knows modems alone."""
    night_from_h: int = 0
    """Hour of the local clock at which the night begins."""
    night_until_h: int = 0
    """Hour at which it ends; the same as night_from_h for no night."""
    spool_bytes: int = 256_000_000
    """The spool's cap on disk, bytes; above it the oldest events of the lowest lane are given up, counted."""
    spool_age_s: int = 30 * 86_400
    """Events older than this are given up, counted, seconds."""
    recent_bytes: int = 64_000_000
    """So much of what was acknowledged is kept for a collector that is restored from a backup, bytes; 0: nothing."""
    recent_age_s: int = 86_400
    """How long that is kept, seconds that the agent runs."""
    sample_bytes_per_s: int = 256_000
    """Budget for samples that the collector asks for, bytes a second, below events in priority."""
    sample_bytes: int = 32_000_000
    """Largest file that is ever sent as a sample, bytes."""
    rule_budget_us: float = Budget().microseconds
    """What a rule may cost here on average, microseconds an event; one that costs more is parked. 0: none ever is."""
    keepalive_s: int = 120
    """How often a silent link is probed, seconds."""
    uplink_user: str = "tramgac"
    """User that the uplink becomes when it is started as root and this user exists."""
    system_bus: str = "/run/dbus/system_bus_socket"
    """Socket of the system's bus, where systemd-logind says that the machine will sleep; empty: nobody asks it."""
    rungs: Mapping[str, str] = field(default_factory=dict)
    """Capability to the best rung that may be tried there, as process = "poll" (a table in config.toml)."""

    @property
    def paths(self) -> AgentPaths:
        """The state folder's shape."""
        return AgentPaths(self.state)

    @property
    def flush_ns(self) -> Mapping[int, int]:
        """Longest wait before sending, nanoseconds, by lane."""
        waits = {1: self.flush_urgent_s, 2: self.flush_security_s, 3: self.flush_bulk_s}
        return {lane: int(seconds * 1e9) for lane, seconds in waits.items()}

    @property
    def rule_budget(self) -> Budget | None:
        """What a rule may cost; None for as much as it likes."""
        return Budget(self.rule_budget_us) if self.rule_budget_us else None


METERED = ("auto", "yes", "no")
_TABLES = ("scope", "rungs")
_SCOPE = {"cgroup": "str", "process": "int"} | dict.fromkeys(("mounts", "folders", "exclude"), "texts")
_TYPES: Mapping[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float)}


def load(state: Path | None = None) -> AgentConfig:
    """Read `config.toml` of a state folder; an absent file means all defaults.

    Raises:
        ConfigError: with every problem, a line each.
    """
    state = default_state() if state is None else state
    path = AgentPaths(state).config
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raw = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: {words.CONFIG_UNREADABLE.say(why=error)}") from error
    problems = list(_problems(raw))
    if problems:
        raise ConfigError("\n".join(f"{path}: {problem}" for problem in problems))
    plain = {name: value for name, value in raw.items() if name not in _TABLES}
    scope: dict[str, Any] = raw.get("scope", {})
    scope = {name: tuple(value) if isinstance(value, list) else value for name, value in scope.items()}
    return replace(AgentConfig(state=state), scope=Scope(**scope), rungs=raw.get("rungs", {}), **plain)


def _problems(raw: Mapping[str, Any]) -> list[str]:
    """What is wrong with a parsed config.toml."""
    known = {f.name: str(f.type) for f in fields(AgentConfig) if f.name not in {"state", *_TABLES}}
    found = []
    for name, value in raw.items():
        if name in _TABLES:
            found += _table_problems(name, value)
        elif name not in known:
            found.append(words.NO_SETTING.say(name=name, known=", ".join(sorted([*known, *_TABLES]))))
        elif not _is(value, known[name]):
            found.append(_odd(name, value, known[name]))
        elif name == "metered" and value not in METERED:
            found.append(words.ONE_OF.say(name=name, value=value, known=", ".join(METERED)))
        elif isinstance(value, (int, float)) and value < 0:
            found.append(words.BELOW_ZERO.say(name=name, value=value))
    return found


def _table_problems(name: str, table: object) -> list[str]:
    """What is wrong with the tables scope and rungs."""
    if not isinstance(table, dict):
        return [words.NO_TABLE.say(name=name)]
    if name == "rungs":
        return [_odd(f"rungs.{key}", value, "str") for key, value in table.items() if not isinstance(value, str)]
    found = []
    for key, value in table.items():
        if key not in _SCOPE:
            found.append(words.NO_SETTING.say(name=f"scope.{key}", known=", ".join(_SCOPE)))
        elif not _is(value, _SCOPE[key]):
            found.append(_odd(f"scope.{key}", value, _SCOPE[key]))
    return found


def _odd(name: str, value: object, kind: str) -> str:
    return words.NOT_OF_TYPE.say(name=name, value=value, kind=words.KINDS[kind].say())


def _is(value: object, kind: str) -> bool:
    """A value is what its setting wants."""
    if kind == "texts":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, _TYPES[kind]) and not isinstance(value, bool)


def write_collector(state: Path, collector: str) -> None:
    """Put the collector's address into config.toml, keeping all other lines as a person wrote them."""
    path = AgentPaths(state).config
    old = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [line for line in old if not line.replace(" ", "").startswith("collector=")]
    # A table may follow: plain settings stand before it.
    whole.write(path, ("\n".join([f'collector = "{collector}"', *kept]) + "\n").encode(), mode=0o644)
