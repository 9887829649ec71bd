"""Hypothesis strategies: correlations of every type, flows of matches, orders in which they come."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.rules.correlation.making import correlation, match

KINDS = st.one_of(
    st.builds(lambda n: correlation("event_count", ("gte", n), rules=2), st.integers(1, 4)),
    st.builds(lambda n: correlation("event_count", ("gt", n)), st.integers(0, 3)),
    st.builds(lambda n: correlation("value_count", ("gte", n)), st.integers(1, 4)),
    st.builds(lambda n: correlation("temporal", ("gte", n), rules=3), st.integers(2, 3)),
    st.builds(lambda n: correlation("temporal_ordered", ("gte", n), rules=3), st.integers(2, 3)),
    st.sampled_from([
        correlation("temporal", rules=3, ways=((0b011, 0), (0b100, 0))),
        correlation("temporal_ordered", rules=3, ways=((0b011, 0), (0b110, 0))),
        correlation("temporal", rules=3, ways=((0b011, 0b100),)),
        correlation("temporal_ordered", rules=3, ways=((0b110, 0b001), (0b001, 0b100))),
        correlation("temporal", ("lt", 2), rules=3),
        correlation("temporal_ordered", ("eq", 2), rules=3),
        correlation("event_count", ("gt", 1), ("lte", 4)),
        correlation("event_count", ("neq", 2)),
        correlation("value_count", ("lt", 3)),
        correlation("value_sum", ("gt", 5)),
        correlation("value_avg", ("gte", 2)),
        correlation("value_percentile", ("lte", 1), percentile=90),
        correlation("value_median", ("eq", 2)),
    ]),
)  # fmt: skip


@st.composite
def flows(draw):
    """A correlation and matches for it, in any order, none twice."""
    made = replace(draw(KINDS), by_host=draw(st.booleans()))
    numbers = made.type in ("value_sum", "value_avg", "value_percentile", "value_median")
    values = st.integers(0, 4) if numbers else st.sampled_from("pqr" if made.type == "value_count" else [""])
    found = []
    for sequence in range(draw(st.integers(1, 14))):
        host = draw(st.sampled_from("ab"))
        group = ((host,) if made.by_host else ()) + (draw(st.sampled_from("xy")),)
        time, turn = draw(st.integers(0, 40)), draw(st.integers(0, len(made.rules) - 1))
        found.append(match(time, event=sequence, turn=turn, group=group, value=draw(values), host=host))
    return made, found


@st.composite
def arrivals(draw, matches):
    """The matches in blocks, shuffled, some of them twice."""
    again = draw(st.lists(st.sampled_from(matches), max_size=3))
    order = draw(st.permutations([*matches, *again]))
    blocks, at = [], 0
    while at < len(order):
        size = draw(st.integers(1, 5))
        blocks.append(order[at : at + size])
        at += size
    return blocks
