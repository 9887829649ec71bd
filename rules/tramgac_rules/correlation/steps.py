"""Why a correlation fired: what its condition saw, what its group has in common, and its members, step by step."""

from collections.abc import Mapping

from tramgac_proto.names import time_text

from tramgac_rules.correlation.model import Correlation, Match, Window
from tramgac_rules.correlation.values import readable
from tramgac_rules.explain import Condition

_UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))
SECOND = 1_000_000_000


def steps(correlation: Correlation, window: Window, titles: Mapping[str, str]) -> tuple[Condition, ...]:
    """Return why, in the form of a rule's conditions; `titles`: of rules and correlations by their ids."""
    asked = f"{correlation.condition} within {span_text(correlation.span)}"
    figure = Condition("condition", correlation.type, str(window.figure), asked)
    group = [
        Condition("group-by", name, readable(value), "the same in all events")
        for name, value in correlation.shown(window.group)
    ]
    return (figure, *group, *(_step(correlation, member, titles) for member in window.members))


def _step(correlation: Correlation, member: Match, titles: Mapping[str, str]) -> Condition:
    place = len(correlation.rules) - 1 - member.turn
    named = ", ".join(correlation.values[place])
    seen = f"{named} = {readable(str(member.value))}" if named else "met"
    return Condition(titles[correlation.rules[place]], "time", time_text(member.time), seen)


def span_text(span: int) -> str:
    """Return a span of ns as rules write it: 90 minutes are 90m, an hour is 1h."""
    seconds = span // SECOND
    unit, size = next((unit, size) for unit, size in _UNITS if seconds % size == 0)
    return f"{seconds // size}{unit}"
