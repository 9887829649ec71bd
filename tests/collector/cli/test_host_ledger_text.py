from tramgac_collector.cli.host_ledger_text import write_ledger

LANE = {"epoch": "5", "lane": 1, "name": "urgent", "time": None, "emitted": None, "acked": None, "spooled": None}
LANE |= {"dropped": {"spool_full": 3}, "balanced": False, "resent": 71, "gone": None, "gaps": 2}
GAP = {"epoch": "5", "lane": 1, "first": 4, "count": 2, "reason": "\x1bwhy", "noticed": "2026-11-24T10:00:00Z"}
ROW = {
    "name": "pc-1",
    "as_of": None,
    "missed_periods": [],
    "missed_periods_total": 0,
    "gaps_total": 0,
    "missed_seconds": {},
}


def test_what_is_complete_is_one_sentence(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    write_ledger({**ROW, "complete": True, "why_not": [], "lanes": [], "gaps": []})
    assert capsys.readouterr().out == "Complete as of -: every event that pc-1 made is here or waits there.\n"


def test_what_is_missing_is_said_with_its_place_and_reason(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    signed = {"sequence": 9, "time": "2026-11-24T10:00:00Z"}
    lanes = [{**LANE, "signed": None}, {**LANE, "signed": signed}]
    write_ledger({**ROW, "complete": False, "why_not": ["gaps", "dropped"], "lanes": lanes, "gaps": [GAP]})
    out = capsys.readouterr().out
    assert "events never came, events were dropped" in out
    assert "spool full 3 (does not balance)" in out
    assert "9 (2026-11-24T" in out
    assert "\\x1bwhy" in out
    assert "SENT AGAIN" in out
    write_ledger({**ROW, "complete": False, "why_not": ["gaps"], "lanes": [], "gaps": [GAP], "gaps_total": 1001})
    assert capsys.readouterr().err == "These are the newest 1 of 1,001.\n"
    assert " 71 " in out


def test_time_that_nobody_watched_is_no_event_that_is_missing(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    row = {**ROW, "complete": False, "lanes": [], "gaps": [], "missed_seconds": {"agent_down": 135}}
    write_ledger({**row, "why_not": ["unwatched"]})
    assert capsys.readouterr().out == (
        "Every event that pc-1 made is here or waits there, as of -; at times nobody watched, see below: "
        "agent not running 2 min 15 s.\n"
    )
    write_ledger({**row, "why_not": ["gaps", "unwatched"]})
    told = "Not complete as of -: events never came, at times nobody watched (agent not running 2 min 15 s).\n"
    assert capsys.readouterr().out == told
