import json

import pytest
from tramgac_collector import alert_verdicts, alerts, database

from tests.tools.console import Console, Run

WORDS = ("alerts", "verdict-all")


def standing(running):
    with database.reading(running.engine) as s:
        return {row["id"]: row["verdict"] for row in alerts.page(s, alerts.Filters(), None).items}


def test_all_that_the_options_let_through_are_closed(running: Console, tramgac: Run):
    high = [running.raise_alert(number) for number in (1, 2, 3)]
    low = running.raise_alert(4, level="low")
    words = ("duplicate", "--note", "như hôm qua", "--severity", "high", "--yes")
    assert tramgac(*WORDS, *words) == (0, "3 alerts closed: duplicate\n", "")
    assert standing(running) == {**dict.fromkeys(high, "duplicate"), low: None}
    assert "như hôm qua" in tramgac("alerts", "show", high[0])[1]
    assert tramgac(*WORDS, *words)[1] == "No open alert matches.\n"


def test_it_goes_on_until_all_are_closed(running: Console, tramgac: Run, monkeypatch):
    whole = alert_verdicts.decide_all
    calls = []

    def piece(engine, order, user, clock, turn):
        calls.append(order.filters.until)
        done = whole(engine, order, user, clock, turn)
        return alert_verdicts.Outcome(done.decided, 0 if len(calls) > 1 else 2, done.changed)

    monkeypatch.setattr(alert_verdicts, "decide_all", piece)
    running.raise_alert()
    status, out, _ = tramgac(*WORDS, "benign", "--yes", "--json")
    assert status == 0
    assert json.loads(out) == {
        "verdict": "benign", "decided": 1, "changed": 0, "left": 0, "until": "2026-09-21T14:13:20Z",
    }  # fmt: skip
    assert len(calls) == 2
    assert calls[0] == calls[1], "what the person was told of, and nothing that was raised meanwhile"


def test_it_does_not_ask_for_ever_what_others_hold(running: Console, tramgac: Run, monkeypatch):
    monkeypatch.setattr(alert_verdicts, "decide_all", lambda *_: alert_verdicts.Outcome(0, 2, 0))
    for number in (1, 2, 3):
        running.raise_alert(number)
    status, out, err = tramgac(*WORDS, "benign", "--yes")
    assert (status, out.splitlines()[0]) == (1, "0 alerts closed: benign")
    assert out.splitlines()[1].startswith("1 was changed by others")
    assert err.startswith("2 are still open")
    status, out, _ = tramgac(*WORDS, "benign", "--yes", "--json")
    assert (status, json.loads(out)["left"]) == (1, 2)


@pytest.mark.parametrize(
    ("language", "said", "answer", "closed"),
    [
        ("C.UTF-8", "Close 2 open alerts (all there are) as benign? [y/N] ", "y\n", True),
        ("C.UTF-8", "Close 2 open alerts (all there are) as benign? [y/N] ", "\n", False),
        ("C.UTF-8", "Close 2 open alerts (all there are) as benign? [y/N] ", "", False),
        ("vi_VN.UTF-8", "Đóng 2 cảnh báo đang mở (tất cả) với kết luận vô hại? [c/K] ", "Có\n", True),
    ],
)
def test_it_asks_with_the_count(running: Console, tramgac: Run, monkeypatch, language, said, answer, closed):
    monkeypatch.setenv("LC_ALL", language)
    for number in (1, 2):
        running.raise_alert(number)
    status, _, err = tramgac(*WORDS, "benign", text=answer, terminal=True)
    assert err.startswith(said)
    assert status == (0 if closed else 1)
    assert set(standing(running).values()) == ({"benign"} if closed else {None})


def test_it_says_which_it_would_close(running: Console, tramgac: Run):
    running.raise_alert()
    asked = ("--severity", "high", "--host", "may-01")
    err = tramgac(*WORDS, "benign", *asked, text="n\n", terminal=True)[2]
    assert err.startswith("Close 1 open alert (severity high, host may-01) as benign?")
    assert err.endswith("Nothing was closed.\n")


def test_without_a_terminal_it_closes_nothing_unasked(running: Console, tramgac: Run):
    running.raise_alert()
    status, out, err = tramgac(*WORDS, "benign", text="y\n")
    assert (status, out) == (2, "")
    assert "add --yes" in err
    assert set(standing(running).values()) == {None}
    assert tramgac(*WORDS, "benign", "--severity", "low", "--json")[0] == 0, "there is nothing to ask about"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["verdict-all", "bening"], "VERDICT: there is no 'bening' (did you mean benign?)"),
        (["verdict-all", "duplicate"], "duplicate needs a reason"),
        (["verdict-all", "benign", "--severity", "hgih"], "--severity: there is no 'hgih'"),
        (["--severity", "low", "verdict-all", "benign"], "--severity stands before verdict-all, which would not see"),
        (["--status", "open", "list"], "--status stands before list"),
    ],
)
def test_misuse_is_told_without_a_collector(tramgac: Run, monkeypatch, words, says):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    status, out, err = tramgac("alerts", *words)
    assert (status, out) == (2, "")
    assert err.startswith(says)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rule", "99999999"), "There is no rule 99999999; "),
        (("--host", "pc-9"), "There is no host pc-9; "),
    ],
)
def test_what_there_is_none_of_closes_nothing_and_says_so(tramgac: Run, running: Console, words, said):
    running.raise_alert()
    for command in (("verdict-all", "benign", *words, "--yes"), ("list", *words), ("list", *words, "--json")):
        status, out, err = tramgac("alerts", *command)
        assert (status, out, err.startswith(said)) == (1, "", True)
