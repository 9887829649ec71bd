"""The meaning of correlations, written down again without any thought of speed: what tests compare with.

From the specification (windows bound to no boundaries) and the decisions in tramgac_rules.correlation: the span is
inclusive, a group that fired begins anew, what can be undone is judged when its window closes.
"""

import math
from itertools import combinations, pairwise

from tramgac_rules.correlation.condition import Bounds


def firings(correlation, matches):
    """(first member's time, last member) of each firing of each group, sorted."""
    found = []
    groups = {match.group for match in matches}
    for group in groups:
        own = sorted({match for match in matches if match.group == group})
        judge = closing if correlation.closing else sliding
        found += [(first.time, last) for first, last in judge(correlation, own)]
    return sorted(found, key=str)


def sliding(correlation, own):
    begin = 0
    for i, last in enumerate(own):
        window = [match for match in own[begin : i + 1] if match.time >= last.time - correlation.span]
        members = JUDGES[correlation.type](correlation, window)
        if members:
            yield members[0], last
            begin = i + 1


def event_count(correlation, window):
    return window if correlation.condition.hold(len(window)) else None


def value_count(correlation, window):
    latest = sorted({match.value: match for match in window}.values())
    return latest if correlation.condition.hold(len(latest)) else None


def temporal(correlation, window):
    latest = sorted({match.turn: match for match in window}.values())
    return latest if held(correlation.condition, {match.turn for match in latest}) else None


def held(condition, turns):
    if isinstance(condition, Bounds):
        return condition.hold(len(turns))
    return any(bits(wanted) <= turns and not bits(refused) & turns for wanted, refused in condition.ways)


def temporal_ordered(correlation, window):
    """Every row of matches that ends with the last one, one of each rule asked for, in their order."""
    best = None
    for size in range(1, len(correlation.rules) + 1):
        for row in combinations(window, size):
            if row[-1] == window[-1] and in_order(row) and exactly(correlation, row):
                best = row if best is None or row[0] > best[0] else best
    return best


def in_order(row):
    return all(a.turn > b.turn and a.event != b.event for a, b in pairwise(row))


def exactly(correlation, row):
    turns = {match.turn for match in row}
    if isinstance(correlation.condition, Bounds):
        return len(turns) == correlation.condition.least
    return any(turns == bits(wanted) for wanted, _ in correlation.condition.ways)


JUDGES = {each.__name__: each for each in (event_count, value_count, temporal, temporal_ordered)}


def closing(correlation, own):
    asked = range(40)
    if not isinstance(correlation.condition, Bounds):
        asked = {turn for wanted, _ in correlation.condition.ways for turn in bits(wanted)}
    while own:
        while own and own[0].turn not in asked:
            own = own[1:]
        window = [match for match in own if match.time <= own[0].time + correlation.span]
        if window and closes_with(correlation, window):
            yield window[0], window[-1]
        own = own[len(window) :]


def closes_with(correlation, window):
    condition, met = correlation.condition, {each.turn for each in window}
    if correlation.type == "temporal":
        return held(condition, met)
    if correlation.type != "temporal_ordered":
        return condition.hold(FIGURES[correlation.type](correlation, window))
    rows = [row for size in range(1, 4) for row in combinations(window, size) if in_order(row)]
    if isinstance(condition, Bounds):
        return condition.hold(max(len(row) for row in rows))
    return any(
        not bits(refused) & met and any({each.turn for each in row} == bits(wanted) for row in rows)
        for wanted, refused in condition.ways
    )


def ranked(correlation, window):
    values = sorted(match.value for match in window)
    return values[max(math.ceil(correlation.percentile * len(values) / 100), 1) - 1]


FIGURES = {
    "event_count": lambda _, window: len(window),
    "value_count": lambda _, window: len({match.value for match in window}),
    "value_sum": lambda _, window: sum(match.value for match in window),
    "value_avg": lambda _, window: sum(match.value for match in window) / len(window),
    "value_percentile": ranked,
    "value_median": ranked,
}


def bits(number):
    return {t for t in range(40) if number >> t & 1}
