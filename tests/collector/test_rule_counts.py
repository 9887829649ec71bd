from collections import Counter

from sqlalchemy import select
from tramgac_collector import database, rule_counts
from tramgac_collector.rule_decisions import DAY
from tramgac_collector.rule_schema import RuleCountRow

NOW = 20_000 * DAY + DAY // 2
HOST, OTHER = "a1" * 16, "b2" * 16


def rows(store):
    with database.reading(store) as s:
        found = s.scalars(select(RuleCountRow).order_by(RuleCountRow.rule, RuleCountRow.day, RuleCountRow.host))
        return [(row.rule, row.day, row.host, row.matches) for row in found]


def test_matches_of_one_rule_day_and_host_add_up(store):
    for _ in range(2):
        with database.session(store) as s:
            met = Counter(
                {("r", NOW, HOST): 2, ("r", NOW - DAY, HOST): 1, ("r", NOW + 1, HOST): 1, ("q", NOW, OTHER): 1}
            )
            rule_counts.add(s, met, NOW)
    assert rows(store) == [("q", 20_000, OTHER, 2), ("r", 19_999, HOST, 2), ("r", 20_000, HOST, 6)]


def test_what_is_taken_back_is_subtracted_and_nothing_writes_nothing(store):
    with database.session(store) as s:
        rule_counts.add(s, Counter({("r", NOW, HOST): 3}), NOW)
        rule_counts.add(s, Counter({("r", NOW, HOST): -1}), NOW)
        rule_counts.add(s, Counter({("q", NOW, HOST): 0}), NOW)
        rule_counts.add(s, Counter(), NOW)
    assert rows(store) == [("r", 20_000, HOST, 2)]


def test_a_clock_that_is_wrong_makes_no_rows_without_end(store):
    with database.session(store) as s:
        met = Counter({("r", time, HOST): 1 for time in (0, DAY, 2 * DAY, NOW + 400 * DAY)})
        rule_counts.add(s, met, NOW)
    assert rows(store) == [("r", 20_000 - rule_counts.KEEP_DAYS, HOST, 3), ("r", 20_000, HOST, 1)]


def test_the_old_goes_and_of_too_much_the_oldest_days(store):
    with database.session(store) as s:
        for back in range(5):
            rule_counts.add(s, Counter({("r", NOW - back * DAY, host): 1 for host in (HOST, OTHER)}), NOW)
    with database.session(store) as s:
        assert rule_counts.trim(s, NOW) == 0
        assert rule_counts.trim(s, NOW, most=7) == 4  # 10 rows: whole days go
    assert [day for _, day, _, _ in rows(store)] == [19_998, 19_998, 19_999, 19_999, 20_000, 20_000]
    with database.session(store) as s:
        assert rule_counts.trim(s, NOW + (rule_counts.KEEP_DAYS + 1) * DAY) == 0
    assert rows(store) == []


def test_one_event_counts_once_for_each_rule():
    assert rule_counts.counted(["r", "q"], 7, HOST) == {("r", 7, HOST): 1, ("q", 7, HOST): 1}
