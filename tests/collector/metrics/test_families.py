import re

import pytest
from tramgac_collector.metrics.families import COUNTERS, GAUGES, counter, gauge, of_roles
from tramgac_collector.tallies import Tally


def samples(tallies, now=10_000_000_000):
    return {
        (sample.name, *sample.labels.values()): sample.value
        for metric in of_roles(tallies, now)
        for sample in metric.samples
    }


def test_what_roles_count_has_a_name_each():
    counts = {"events": 7, "refused_identity": 2, "closed_limit": 3, "enrolments": 4, "enrolments_failed": 1, "odd": 9}
    found = samples(
        [
            Tally("gateway", 4_000_000_000, 1, counts, {"streams": 5, "tasks": 6}),
            Tally("judge", 10_000_000_000, 1, {"events": 8, "writes_long": 0}, {"write_longest_s": 0.25}),
            Tally("judge-2", 10_000_000_000, 1, {"events": 9, "odd": 1, "writes_long": 2}, {"cursor": 3}),
            Tally("collector", 11_000_000_000, 1, {"restarts_judge": 1}, {}),
        ]
    )
    assert found == {
        ("tramgac_events_received_total",): 7,
        ("tramgac_connections_refused_total", "identity"): 2,
        ("tramgac_streams_closed_total", "limit"): 3,
        ("tramgac_enrolments_total",): 4,
        ("tramgac_enrolments_refused_total", "failed"): 1,
        ("tramgac_role_counts_total", "gateway", "odd"): 9,
        ("tramgac_streams",): 5,
        ("tramgac_role_values", "gateway", "tasks"): 6,
        ("tramgac_events_judged_total",): 8,
        ("tramgac_events_judged_total", "judge-2"): 9,
        ("tramgac_role_counts_total", "judge-2", "odd"): 1,
        ("tramgac_control_writes_long_total", "judge"): 0,
        ("tramgac_control_writes_long_total", "judge-2"): 2,
        ("tramgac_control_write_longest_seconds", "judge"): 0.25,
        ("tramgac_role_values", "judge-2", "cursor"): 3,
        ("tramgac_role_told_seconds_ago", "judge-2"): 0,
        ("tramgac_role_restarts_total", "judge"): 1,
        ("tramgac_role_told_seconds_ago", "gateway"): 6,
        ("tramgac_role_told_seconds_ago", "judge"): 0,
        ("tramgac_role_told_seconds_ago", "collector"): 0,
    }


@pytest.mark.parametrize("named", [*COUNTERS, *GAUGES], ids=lambda named: named.metric)
def test_names_are_of_one_house_and_explained(named):
    assert re.fullmatch(r"tramgac_[a-z_]+", named.metric)
    assert not named.metric.endswith("_total"), "the library writes it"
    assert named.about.endswith(".")


def test_no_two_counts_have_one_name():
    names = [named.metric for named in (*COUNTERS, *GAUGES)]
    assert len(set(names)) == len(names)


def test_values_by_one_label_or_more():
    assert [sample.labels for sample in gauge("a", "A.", {("x", "y"): 1}, "p", "q").samples] == [{"p": "x", "q": "y"}]
    assert [(sample.name, sample.labels) for sample in counter("a", "A.", {"x": 1}, "p").samples] == [
        ("a_total", {"p": "x"})
    ]
    assert [sample.value for sample in gauge("a", "A.", 3.0).samples] == [3.0]
