"""A demo's lines for people: what each check found, in words instead of the values that programs get."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tramgac_wire.counted import fill

from tramgac_collector.cli.said import reasoned
from tramgac_collector.cli.terminal import visible
from tramgac_collector.cli.times import spelled
from tramgac_collector.cli.titles import titled
from tramgac_collector.demo import names
from tramgac_collector.demo.causes import CAUSES
from tramgac_collector.demo.words import FAILED, LINES, NOTES, Pair, duration
from tramgac_collector.pairs import pick, vietnamese
from tramgac_collector.vocabulary_words import in_words

Facts = Mapping[str, Any]
_INDENT: Final = "    "
_LINED: Final = frozenset({"reason", "missing"})
"""Facts of several lines."""
_NONE: Final[Pair] = ("none", "không có")
_REQUIRED: Final[Pair] = ("--require asks for {rung}", "--require đòi {rung}")
_KILLED: Final[Pair] = ("{name} had to be killed", "{name} phải bị buộc dừng")
_UNWATCHED: Final[Pair] = (
    " (and of {time}, when no agent ran, nobody can say)",
    " (và trong {time} tác tử không chạy thì không ai biết)",
)
_PROBLEMS: Final[Pair] = (
    "; {count:error or warning|errors and warnings}, which `tramgac rules check PATH` lists",
    "; {count} lỗi và cảnh báo, `tramgac rules check PATH` liệt kê",
)
_STATUS: Final[Pair] = ("{name} gave exit status {status}", "{name} trả mã thoát {status}")


def line(check: str, facts: Facts, *, ok: bool = True) -> str:
    """Give what is said of a check, of several lines if need be; what came from a host is made visible."""
    if check == "sensor":
        return _safe(_sensor(facts))
    pair = LINES.get(check, ("{check}", "{check}"))
    if not ok:
        pair = FAILED.get(check, pair)
    elif check == "detection" and not facts["rules"]:  # rules that are not ours: nothing was promised
        pair = LINES["undetected"]
    return _filled(pair, {"check": check, **facts, **_shaped(check, facts)})


def note(name: str, facts: Facts) -> str:
    """Give what is said between the checks."""
    return _filled(NOTES[name], facts)


def _filled(pair: Pair, facts: Facts) -> str:
    # A line's end is ours to make: what came from a host stands within its line. A reason may quote a log.
    shown = {name: str(value) if name in _LINED else visible(str(value)) for name, value in facts.items()}
    return _safe(fill(pick(pair), shown))


def _safe(text: str) -> str:
    """Make each line visible, and the further ones stand under the first."""
    return f"\n{_INDENT}".join(visible(part) for part in text.split("\n"))


def _shaped(check: str, facts: Facts) -> dict[str, str]:
    """Give the facts whose values are no words yet."""
    shaped = {name: make(facts[name]) for name, make in _SHAPES.items() if name in facts}
    if check == "stop":
        shaped["statuses"] = _ends(facts)
    if check == "alert":
        shaped["title"] = pick((facts["title"], facts["title_vi"] or facts["title"]))
    if check == "detection":
        shaped["rules"] = _rules(facts["rules_vi"] if vietnamese() else facts["rules"])
        shaped.setdefault("missing", "")
    return shaped


def _sensor(facts: Facts) -> str:
    state = fill(names.named(names.STATES, facts["state"]), facts)
    text = f"{names.named(names.CAPABILITIES, facts['capability'])}: {state}"
    if facts.get("required", facts["rung"]) != facts["rung"]:
        text += f"; {fill(pick(_REQUIRED), {'rung': facts['required']})}"
    return "\n".join([text, *map(reasoned, str(facts["why"]).splitlines())])


def _ends(facts: Facts) -> str:
    """Give the programs that did not end well, and how each did."""
    killed = facts.get("killed", ())
    return ", ".join(
        fill(pick(_KILLED if name in killed else _STATUS), {"name": name, "status": status})
        for name, status in facts.get("statuses", {}).items()
        if status or name in killed
    )


def _rules(titles: Sequence[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles) if titles else pick(_NONE)


def _missing(rules: Sequence[Facts]) -> str:
    told = ({**one, "title": titled(one)} for one in rules)
    return "".join("\n" + fill(pick(CAUSES[one["cause"]]), one) for one in told)


def _kinds(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{names.named(names.KINDS, kind)} {count}" for kind, count in counts.items()) or pick(_NONE)


def _latency(milliseconds: float | None) -> str:
    return "?" if milliseconds is None else duration(milliseconds)


_SHAPES: Final[Mapping[str, Callable[[Any], str]]] = {
    "act": lambda act: names.named(names.ACTS, act),
    "after": lambda word: names.named(names.DETECTED, word),
    "before": lambda word: names.named(names.DETECTED, word),
    "gaps": lambda gaps: str(len(gaps)),
    "kinds": _kinds,
    "latency_ms": _latency,
    "missing": _missing,
    "level": lambda level: in_words("level", level),
    "median_latency_ms": _latency,
    "problems": lambda count: fill(pick(_PROBLEMS), {"count": count}) if count else "",
    "unwatched_seconds": lambda seconds: fill(pick(_UNWATCHED), {"time": spelled(seconds)}) if seconds else "",
    "seconds": lambda seconds: duration(seconds * 1000),
}
