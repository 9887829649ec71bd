import json

from tests.tools.console import HOSTILE, Console, Run

KEYS = ["id", "rule", "host", "hostname", "user", "time", "created", "status", "verdict", "summary", "events", "why"]


def test_a_line_for_each_alert_newest_first(running: Console, tramgac: Run):
    ids = []
    for number in (1, 2):
        running.clock.forward(1)
        ids.append(running.raise_alert(number))
    for words in (["alerts", "--json"], ["alerts", "list", "--json"]):
        status, out, err = tramgac(*words)
        rows = [json.loads(line) for line in out.splitlines()]
        assert (status, err, [row["id"] for row in rows]) == (0, "", ids[::-1])
        assert list(rows[0]) == KEYS
        assert set(rows[0]["rule"]) == {"id", "title", "level", "tags"}
        assert set(rows[0]["events"][0]) == {"host", "epoch", "lane", "sequence"}


def test_filters(running: Console, tramgac: Run):
    running.raise_alert(1, level="low")
    assert tramgac("alerts", "--severity", "high,critical", "--json")[1] == ""
    assert (
        len(tramgac("alerts", "--severity", "low", "--status", "open", "--host", "may-01", "--json")[1].splitlines())
        == 1
    )
    status, out, err = tramgac("alerts", "--severity", "odd")
    assert (status, out) == (1, "")
    assert "severity" in err


def test_text_of_hosts_does_nothing_to_the_terminal(running: Console, tramgac: Run):
    number = running.raise_alert(text=HOSTILE)
    for words in (["alerts"], ["alerts", "show", number]):
        out = tramgac(*words)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert "\\x1b[31m\\u202egpj.exe" in out
    shown = json.loads(tramgac("alerts", "show", number, "--json")[1])
    assert shown["events"][0]["fields"]["process.command_line"] == HOSTILE.replace("\x00", "\\x00")


def test_a_verdict(running: Console, tramgac: Run):
    number = running.raise_alert()
    status, out, _ = tramgac("alerts", "verdict", number, "false_positive", "--note", "quen thuộc")
    assert (status, out) == (0, f"Alert {number}: false_positive\n")
    assert "quen thuộc" in tramgac("alerts", "show", number)[1]
    assert tramgac("alerts", "verdict", number, "odd")[0] == 1
    assert tramgac("alerts", "show", "0" * 32)[0] == 1
