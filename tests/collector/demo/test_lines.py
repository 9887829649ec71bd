import re

import pytest
from tramgac_collector.demo.lines import line, note
from tramgac_collector.demo.words import NOTES

ALERT = {
    "id": "a1",
    "title": "Program run from memory",
    "title_vi": "Chạy từ bộ nhớ",
    "level": "high",
    "summary": "job",
}
LEDGER = {"emitted": 70, "acked": 65, "spooled": 5, "dropped": 0, "missed": 0, "gaps": [], "stored": 71}
LEDGER["unwatched_seconds"] = 0
SENSOR = {"capability": "file", "rung": "watch", "state": "alive", "why": "fanotify: needs root\nand more"}
SAID = {
    "address": {"url": "http://x/", "seconds": 7.31},
    "setup": {"seconds": 12.0, "url": "http://x/"},
    "content": {"version": 1, "rules": 12, "problems": 0},
    "enrolment": {"host": "ab"},
    "sensor": SENSOR,
    "ready": {"url": "http://x/", "login": "http://x/#once=t", "state": "/s", "pid": 1},
    "alert": {**ALERT, "latency_ms": 675},
    "simulation": {"acts": 8, "folder": "/s/arena"},
    "detection": {"act": "reverse_shell", "rules": ["A", "B"], "rules_vi": ["Á", "B"], "latency_ms": 1989},
    "detections": {"detected": 8, "acts": 8, "median_latency_ms": 312.5},
    "push": {"version": 2, "act": "system_looked_over", "before": "not detected", "after": "detected"},
    "ledger": LEDGER,
    "events": {"kinds": {"process_start": 22, "health": 2}},
    "page": {"status": 200, "bytes": 564},
    "stop": {"statuses": {"agent": 0, "collector": 0}, "killed": [], "logs": "/s/logs"},
    "already": {"url": "http://x/", "state": "/s"},
    "failed": {"reason": "no"},
}
"""Each check with the facts that a demo has said of it."""


@pytest.fixture
def vietnamese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")


@pytest.mark.parametrize("lang", ["C.UTF-8", "vi_VN.UTF-8"])
@pytest.mark.parametrize("ok", [True, False])
@pytest.mark.parametrize("check", SAID)
def test_people_are_told_no_values_of_programs(check, ok, lang, monkeypatch):
    monkeypatch.setenv("LC_ALL", lang)
    said = line(check, SAID[check], ok=ok)
    assert not re.search(
        r"\['|\[\]|[{}]|'\w*'|\bNone\b(?! of)|True|False|\w_\w", said.replace(SAID[check].get("login", "\0"), "")
    )


def test_rules_without_a_fault_are_said_to_have_none_by_silence(vietnamese):
    assert line("content", SAID["content"]).endswith(": phiên bản 1, 12 luật")
    faulty = line("content", {**SAID["content"], "problems": 3})
    assert faulty.endswith("12 luật; 3 lỗi và cảnh báo, `tramgac rules check PATH` liệt kê")


def test_vietnamese_lines_have_no_english_words_left(vietnamese):
    assert line("alert", SAID["alert"]) == "Cảnh báo sau 675 ms: [cao] Chạy từ bộ nhớ — job"
    assert line("sensor", {**SENSOR, "why": ""}) == "Tệp: đang thấy bằng watch"
    assert line("push", SAID["push"]).endswith("“Dò thông tin hệ thống” trước đó không bị phát hiện, nay bị phát hiện")
    assert line("detection", SAID["detection"]) == "Shell nối ngược: phát hiện sau 2,0 giây bởi “Á”, “B”"
    assert line("events", SAID["events"]) == "Sự kiện đã lưu: tiến trình bắt đầu 22, báo cáo tình trạng tác tử 2"


def test_why_a_rung_is_no_better_stands_below_and_what_was_required_beside():
    assert line("sensor", {**SENSOR, "required": "fanotify"}, ok=False).split("\n") == [
        "Files: seen by watch; --require asks for fanotify",
        "    fanotify: needs root",
        "    and more",
    ]
    assert "--require" not in line("sensor", {**SENSOR, "required": "watch"})


def test_what_is_required_and_runs_nowhere_is_told():
    absent = {"capability": "network", "rung": "", "state": "absent", "why": "no such sensor runs", "required": "ebpf"}
    assert line("sensor", absent, ok=False).startswith("Network: no sensor; --require asks for ebpf\n")


def test_the_ledger_explains_its_numbers():
    said = line("ledger", LEDGER)
    assert "70 events = 65 acknowledged + 5 spooled (still on its disk, sent right after) + 0 dropped" in said
    assert "stores 71: these and the agent's last words, which do not count themselves" in said
    wrong = line("ledger", {**LEDGER, "gaps": [{}, {}]}, ok=False)
    assert "does not add up" in wrong
    assert "2 gaps" in wrong


def test_time_without_an_agent_is_said_beside_what_was_missed(monkeypatch):
    assert "0 missed.\n" in line("ledger", LEDGER)
    down = {**LEDGER, "unwatched_seconds": 2400}
    assert "0 missed (and of 40 min, when no agent ran, nobody can say).\n" in line("ledger", down)
    assert "0 missed (and of 40 min, when no agent ran, nobody can say), " in line("ledger", down, ok=False)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "0 sót (và trong 40 phút tác tử không chạy thì không ai biết).\n" in line("ledger", down)


def test_rules_that_promise_nothing_are_said_to_have_seen_nothing():
    nothing = {**SAID["detection"], "rules": [], "rules_vi": [], "latency_ms": None}
    assert line("detection", nothing) == "Reverse shell: none of these rules saw it"
    assert "seen by: none" in line("detection", nothing, ok=False)


def test_who_did_not_end_well_is_named():
    ends = {"statuses": {"agent": 0, "collector": 1, "uplink": -9}, "killed": ["uplink"], "logs": "/s/logs"}
    assert line("stop", ends, ok=False) == (
        "Did not end well: collector gave exit status 1, uplink had to be killed; logs are in /s/logs"
    )


def test_text_from_a_host_is_made_visible_and_stays_in_its_line():
    said = line("alert", {**SAID["alert"], "summary": "\x1b[31mred\n✓ All that was checked held"})
    assert "\x1b" not in said
    assert "\n" not in said
    assert line("failed", {"reason": "it ended:\n\x1b[2Jbad"}) == "it ended:\n    \\x1b[2Jbad"


def test_an_unknown_check_is_its_own_line():
    assert line("surprise", {}) == "surprise"


@pytest.mark.parametrize("name", NOTES)
def test_notes_are_filled_in(name):
    facts = {"state": "/s", "folder": "/s/arena", "acts": 8, "url": "http://x/", "failed": 1, "tramgac": "t"}
    assert "{" not in note(name, facts)
