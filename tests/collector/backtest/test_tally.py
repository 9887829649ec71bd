from tramgac_collector.backtest.judging import Would
from tramgac_collector.backtest.tally import DAY, EXAMPLES, HOSTS, Tally
from tramgac_rules.rule import LogSource, Rule


def rule(number):
    return Rule(number, f"Rule {number}", "high", (), "test", LogSource("", "", ""), (), "")


def test_alerts_a_day_on_which_hosts():
    tally, loud, silent = Tally(), rule("1"), rule("2")
    times = [("a", 5), ("a", DAY - 1), ("b", DAY), ("a", DAY + 1), ("a", 4)]
    for number, (host, time) in enumerate(times):
        tally.add(Would(f"id{number}", loud, host, time, (host, 7, 1, number)))
    first, second = tally.rows([silent, loud], {"a": "pc-1"}, 2.0)
    assert first["rule"] == {"id": "1", "title": "Rule 1", "level": "high"}
    assert (first["alerts"], first["alerts_a_day"], first["grouped_a_day"], first["host_count"]) == (5, 2.5, 2.0, 2)
    assert first["hosts"] == [{"host": "a", "name": "pc-1", "alerts": 4}, {"host": "b", "name": "", "alerts": 1}]
    assert (first["first"], first["last"]) == ("1970-01-01T00:00:00.000000004Z", "1970-01-02T00:00:00.000000001Z")
    assert [example["sequence"] for example in first["examples"]] == [2, 3, 4]
    assert first["examples"][0]["epoch"] == f"{7:016x}"
    assert (second["alerts"], second["first"], second["hosts"]) == (0, None, [])


def test_what_is_held_back_is_no_alert():
    tally = Tally()
    for number, exception in enumerate((3, 3, 1, 0)):
        tally.add(Would(f"id{number}", rule("1"), "a", 5, ("a", 7, 1, number), exception))
    (row,) = tally.rows([rule("1")], {}, 1.0)
    assert (row["alerts"], row["held"], [*row["held_by"].items()]) == (1, 3, [("3", 2), ("1", 1)])
    assert (tally.held, row["examples"][0]["id"]) == ({3: 2, 1: 1}, "id3")


def test_less_than_a_day_foretells_no_more():
    tally = Tally()
    for number in range(HOSTS + 5):
        tally.add(Would(f"{number}", rule("1"), f"host{number}", 5, (f"host{number}", 7, 1, 1)))
    (row,) = tally.rows([rule("1")], {}, 0.1)
    assert (row["alerts_a_day"], len(row["hosts"]), row["host_count"]) == (HOSTS + 5, HOSTS, HOSTS + 5)
    assert len(row["examples"]) == EXAMPLES
