import json
from collections import Counter

import pytest
from tramgac_collector import database, rule_counts
from tramgac_collector.rule_decisions import DAY, began, park
from tramgac_collector.schema import HostRow

from tests.collector.workshop.conftest import CORRELATION
from tests.rules.authoring.importing.making import folder, rule
from tests.tools.console import HOST, Console, Run

IDS = [f"00000000-0000-4000-8000-{n:012d}" for n in range(1, 5)]


@pytest.fixture
def pushed(running: Console, tramgac: Run, tmp_path, monkeypatch):
    """Three imported rules, one of them an experiment, and one of our own, pushed; two of them were met."""
    monkeypatch.chdir(tmp_path)
    taken = {"a.yml": rule(1), "b.yml": rule(2), "c.yml": rule(3, status="experimental")}
    folder(tmp_path / "sigma", {"tramgac-import.json": b"{}", **taken})
    folder(tmp_path / "own", {"own.yml": rule(4)})
    assert tramgac("rules", "sign", "sigma", "own", "--repository", "r", "--keys", "k")[0] == 0
    assert tramgac("rules", "push", "--repository", "r")[0] == 0
    now = running.clock()
    with database.session(running.engine) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": now}
        s.add(HostRow(id=HOST, site="Hà Nội", **values))
        digests = {number: told["digest"] for number, told in running.services.rulebook.rules().items()}
        began(s, digests, now - 20 * DAY)
        rule_counts.add(s, Counter({(IDS[0], now, HOST): 140, (IDS[1], now, HOST): 2}), now)
    return running


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def states(tramgac):
    return {row["id"]: row["state"] for row in lines(tramgac("rules", "list", "--json")[1])}


def test_the_forecast_the_loudest_first(pushed, tramgac: Run):
    for words in (["rules", "forecast"], ["rules", "--watch"]):
        rows = lines(tramgac(*words, "--json")[1])
        told = [(row["rule"], row["site"], row["alerts_a_day"], row["grouped_a_day"], row["days"]) for row in rows]
        assert told == [
            (IDS[0], "Hà Nội", 10.0, 0.071, 14.0),
            (IDS[1], "Hà Nội", 0.143, 0.071, 14.0),
            (IDS[2], "", 0.0, 0.0, 14.0),
        ]
        out = tramgac(*words)[1].splitlines()
        assert out[0].split()[:4] == ["ID", "SEVERITY", "SITE", "A"]
        assert [line.split()[0] for line in out[1:]] == IDS[:3]
    assert (
        lines(tramgac("rules", "forecast", "--days", "7", "--site", "Hà Nội", "--json")[1])[0]["alerts_a_day"] == 20.0
    )
    assert tramgac("rules", "forecast", "--days", "35")[0] == 2
    assert tramgac("rules", "forecast", "--site", "Ha Noi")[::2] == (
        1,
        "No host and no enrolment token has the site Ha Noi. There are: Hà Nội.\n",
    )


def test_one_by_one_and_back(pushed, tramgac: Run):
    state = ["rules", "state", IDS[0], "alert", "--why", "wanted"]
    assert tramgac(*state)[:2] == (0, "1 of 1 rule: alert now.\n")
    assert states(tramgac)[IDS[0]] == "alert"
    assert json.loads(tramgac(*state, "--json")[1])["changed"] == []
    assert tramgac("rules", "state", IDS[0], "watch", "--why", "too loud")[0] == 0
    assert states(tramgac)[IDS[0]] == "watch"
    assert [row["action"] for row in lines(tramgac("audit", "--json")[1])][:2] == ["rule.state", "rule.state"]


def test_for_one_site_and_in_the_other_language(pushed, tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, out, _ = tramgac("rules", "state", IDS[3], IDS[0], "off", "--why", "của ta", "--site", "Hà Nội")
    assert (status, out) == (0, "2 trong 2 luật: nay là tắt.\n")
    assert states(tramgac)[IDS[3]] == "alert"
    [line] = [line for line in tramgac("rules", "list")[1].splitlines() if line.startswith(IDS[3])]
    assert "cảnh báo, Hà Nội: tắt" in line


def test_what_was_quiet_is_promoted_and_taken_back_by_its_own_list(pushed, tramgac: Run):
    promote = ["rules", "promote", "--below", "10", "--days", "14"]
    status, out, _ = tramgac(*promote, "--dry-run")
    assert (status, out.splitlines()[-1]) == (0, "1 rule would alert; leave out --dry-run to do it.")
    assert states(tramgac)[IDS[1]] == "watch"
    [row] = lines(tramgac(*promote, "--json")[1])
    assert (row["rule"], row["matches"], row["dry_run"]) == (IDS[1], 2, False)
    assert states(tramgac) == dict(zip(IDS, ["watch", "alert", "watch", "alert"], strict=True))
    assert tramgac(*promote)[1] == "0 rules alert now.\n"
    back = tramgac("rules", "state", "-", "default", "--why", "taken back", text=f"{row['rule']}\n\n")
    assert back[:2] == (0, "1 of 1 rule: default now.\n")
    assert states(tramgac)[IDS[1]] == "watch"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["state", IDS[0], "alrt", "--why", "x"], 2, "did you mean alert?"),
        (["state", IDS[0], "alert"], 2, "--why"),
        (["state", "00000000", "alert", "--why", "x"], 1, "Several rules begin with 00000000"),
        (["state", "nobody", "alert", "--why", "x"], 1, "There is no rule nobody"),
        (["state", "-", "alert", "--why", "x"], 2, "rules"),
        (["promote"], 2, "--below"),
    ],
)
def test_what_is_refused(pushed, tramgac: Run, words, status, said):
    done = tramgac("rules", *words)
    assert (done[0], said in done[2]) == (status, True), done


def test_the_status_counts_states_and_tells_what_is_parked_and_how_to_mend_it(pushed, tramgac: Run, monkeypatch):
    digest = pushed.services.rulebook.rules()[IDS[3]]["digest"]
    with database.session(pushed.engine) as s:
        park(s, {IDS[3]: (digest, "over its budget: 90 µs an event, 25 are allowed")}, pushed.clock())
    out = tramgac("rules")[1]
    assert "Rules: 0 alert, 3 under watch, 0 off, 1 parked." in out
    assert f"Rule 4 ({IDS[3]}): over its budget: 90 µs an event, 25 are allowed" in out
    assert f"tramgac rules state {IDS[3]} default --why" in out
    told = json.loads(tramgac("rules", "--json")[1])
    assert (told["states"]["parked"], told["parked"][0]["rule"]) == (1, IDS[3])
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "Luật: 0 cảnh báo, 3 theo dõi, 0 tắt, 1 tạm dừng." in tramgac("rules")[1]


def test_parts_of_correlations_are_not_counted_among_what_alerts(running: Console, tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "own", {"own.yml": rule(4), "many.yml": CORRELATION.encode()})
    assert tramgac("rules", "sign", "own", "--repository", "r", "--keys", "k")[0] == 0
    assert tramgac("rules", "push", "--repository", "r")[0] == 0
    out = tramgac("rules")[1]
    assert "Rules: 2 alert, 0 under watch, 0 off, 0 parked.\n1 more is part of a correlation" in out
    assert json.loads(tramgac("rules", "--json")[1])["states"]["part"] == 1
    assert states(tramgac)["00000000-0000-4000-8000-000000000091"] == "alert", "what was chosen for it stays as it is"
    (line,) = [line for line in tramgac("rules", "list")[1].splitlines() if line.endswith("Each")]
    assert "part of a correlation" in line
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "1 luật nữa là phần của luật tương quan" in tramgac("rules")[1]


def test_the_status_tells_what_hosts_parked(pushed, tramgac: Run, monkeypatch):
    with database.session(pushed.engine) as s:
        row = s.get(HostRow, HOST)
        row.parked_total, row.parked = 1, [{"rule": IDS[3], "reason": "dear", "since": pushed.clock()}]
        row.hostname = "pc\x1b[2J"
    out = tramgac("rules")[1]
    assert "Rules: 1 alert, 3 under watch, 0 off, 0 parked." in out, "it is the host's affair, not the rule's state"
    assert "Parked on 1 host (pc\\x1b[2J), first since " in out
    told = json.loads(tramgac("rules", "--json")[1])["parked_on_hosts"]
    assert [(one["rule"], one["hosts"]) for one in told] == [(IDS[3], 1)]
    [line] = [line for line in tramgac("rules", "list")[1].splitlines() if line.startswith(IDS[3])]
    assert "alert, parked on 1 host" in line
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "Tạm dừng trên 1 máy (pc" in tramgac("rules")[1]


def test_nothing_under_watch_is_said(running: Console, tramgac: Run):
    assert tramgac("rules", "forecast")[1].startswith("No rule is under watch.")


def test_what_rules_cost(pushed, tramgac):
    assert "a minute after its start" in tramgac("rules", "costs")[1].splitlines()[-1]
    note = {"as_of": pushed.clock(), "events": 1_000, "items": [
        {"rule": IDS[0], "matches": 3, "tests": 170, "microseconds": 1.234, "parked": ""},
        {"rule": "gone", "matches": 0, "tests": 17, "microseconds": 0.1, "parked": ""},
    ]}  # fmt: skip
    pushed.services.paths.costs("judge").write_text(json.dumps(note))
    _, out, err = tramgac("rules", "costs", "--top", "1")
    assert err == "These are the first 1 of 2.\n"
    heads, line, note = out.splitlines()
    assert heads.split() == ["ID", "SEVERITY", "µs/EVENT", "TESTS", "MATCHES", "TITLE"]
    assert [line.split()[0], *line.split()[2:5]] == [IDS[0], "1.23", "170", "3"]
    assert "1000 events" in note
    assert [row["rule"] for row in lines(tramgac("rules", "costs", "--json")[1])] == [IDS[0], "gone"]


def test_a_list_has_yara_rules_too(running: Console, tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "own", {"own.yml": rule(4), "a.yar": b'rule bad { strings: $a = "EVIL" condition: $a }'})
    assert tramgac("rules", "sign", "own", "--repository", "r", "--keys", "k")[0] == 0
    assert tramgac("rules", "push", "--repository", "r")[0] == 0
    status, out, _ = tramgac("rules", "list")
    assert (status, [line.split()[:3] for line in out.splitlines() if "yara" in line]) == (
        0, [["yara:bad", "high", "alert"]],
    )  # fmt: skip


def test_a_list_says_how_many_exceptions_a_rule_has(pushed, tramgac: Run):
    for user in ("an", "binh"):
        assert tramgac("exceptions", "add", IDS[3], f"user.name:{user}", "--why", "harmless")[0] == 0
    assert {row["id"]: row["exceptions"] for row in lines(tramgac("rules", "list", "--json")[1])} == {
        **dict.fromkeys(IDS[:3], 0), IDS[3]: 2,
    }  # fmt: skip
    [line] = [line for line in tramgac("rules", "list")[1].splitlines() if line.startswith(IDS[3])]
    assert "alert, exceptions: 2" in line
