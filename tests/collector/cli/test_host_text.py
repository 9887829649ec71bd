import pytest
from tramgac_collector.cli.host_text import lost, rules, standing, write_host
from tramgac_collector.cli.times import local

ROW = {
    "id": "ab" * 16,
    "name": "máy-1",
    "os": "linux",
    "os_name": "Debian 12",
    "agent_version": "0.1.0",
    "site": "huế",
    "active": True,
    "connected": True,
    "address": "127.0.0.1:1",
    "enrolled": "2026-11-24T10:00:00Z",
    "last_seen": "2026-11-24T11:00:00Z",
    "last_words": "",
    "skew_ms": -1500,
    "bundle": 4,
    "content_refused": 5,
    "content_reason": "older",
    "sensors": [{"capability": "file", "rung": "watch", "state": "alive", "why": "fanotify: no right\naudit: \x1bno"}],
    "parked": {"total": 0, "rules": []},
    "quarantine": None,
    "findings": [{"kind": "odd", "detail": "odd things", "count": 3, "last": "2026-11-24T11:00:00Z"}],
    "completeness": {
        "emitted": 9,
        "acked": 7,
        "spooled": 1,
        "dropped": {"spool_full": 1},
        "resent": 0,
        "gone": 0,
        "missed": {"agent_down": 0, "ring": 2, "filter": 3},
        "missed_seconds": {"agent_down": 600},
        "missed_periods": [
            {
                "class": "ring",
                "capability": "process",
                "count": 2,
                "first": "2026-11-24T10:00:00Z",
                "last": "2026-11-24T10:00:07Z",
                "seconds": 7,
            },
            {
                "class": "agent_down",
                "capability": "",
                "count": None,
                "first": "2026-11-24T11:00:00Z",
                "last": "2026-11-24T11:10:00Z",
                "seconds": 600,
            },
        ],
        "missed_periods_total": 2,
        "gaps_total": 6,
        "as_of": "2026-11-24T11:30:00Z",
    },
}


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def test_all_that_is_known_is_written(capsys):
    write_host(ROW)
    facts, sensors, missed, findings = capsys.readouterr().out.split("\n\n")
    told = {name: value.strip() for name, _, value in (line.partition("  ") for line in facts.splitlines())}
    assert told["NAME"] == "máy-1"
    assert told["CONNECTED"] == "yes"
    assert told["LAST SEEN"] == local(ROW["last_seen"])
    assert told["CLOCK OFF BY"] == "-1.5 s"
    assert told["RULES REFUSED"] == "5: it is older than the rules in force"
    assert (told["STORED/MADE"], told["WAITING THERE"], told["GAPS"]) == ("7/9", "1", "6")
    assert told["COUNTED AT"] == local("2026-11-24T11:30:00Z")
    assert (told["DROPPED"], told["MISSED"]) == ("spool full 1", "ring 2, agent not running 10 min")
    assert told["FILTERED BY POLICY"] == "3"
    assert missed.splitlines()[1].split("  ")[0] == local("2026-11-24T10:00:00Z")
    assert missed.splitlines()[1].split()[2:] == ["7", "s", "ring", "processes", "2"]
    assert " ".join(missed.splitlines()[2].split()[2:]) == "10 min agent not running - nobody can say"
    assert sensors.splitlines()[1].split(None, 3) == ["files", "watch", "sees", r"fanotify: no right; audit: \x1bno"]
    assert findings.splitlines()[1].endswith("3      odd: odd things")


def test_in_vietnamese_all_of_it_is_vietnamese(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    why = "ebpf: libbpf.so.1 not found; apt install libbpf1\nwatch: was set up anew: watchdog is not running"
    clock = {"kind": "clock_off", "detail": "more than 9 separate gaps", "count": 3, "last": ROW["enrolled"]}
    sensor = {"capability": "network", "rung": "poll", "state": "blind", "why": why}
    write_host({**ROW, "sensors": [sensor], "findings": [clock], "last_words": "stopped by signal SIGTERM"})
    out = " ".join(capsys.readouterr().out.split())
    assert "5: cũ hơn bộ luật đang dùng" in out
    assert "VÌ SAO DỪNG được yêu cầu dừng bằng tín hiệu SIGTERM" in out
    assert "mạng poll bị mù ebpf: không tìm thấy libbpf.so.1; apt install libbpf1; watch: đã được dựng lại:" in out
    assert "Đồng hồ sai nhiều: hơn 9" in out
    assert "BỎ hàng đợi đĩa đầy 1 SÓT ring 2, tác tử không chạy 10 phút" in out


def test_what_is_not_there_is_left_out(capsys):
    whole = ROW["completeness"] | {"missed": {}, "missed_seconds": {}, "missed_periods": []}
    write_host({**ROW, "sensors": [], "findings": [], "content_refused": 0, "completeness": whole})
    out = capsys.readouterr().out
    assert "MISSED              0\n" in out
    assert "\n\n" not in out
    assert "REFUSED" not in out
    assert "STOPPED" not in out


def test_of_many_losses_and_parked_rules_the_rest_is_told(capsys):
    parked = {"total": 70, "rules": [{"rule": "r", "since": ROW["enrolled"], "reason": "dear"}]}
    write_host({**ROW, "parked": parked, "completeness": ROW["completeness"] | {"missed_periods_total": 41}})
    assert capsys.readouterr().err == "These are the first 1 of 70.\nThese are the newest 2 of 41.\n"


def test_what_came_again_after_a_restore_and_what_did_not_is_told_where_there_is_any(capsys):
    write_host({**ROW, "completeness": ROW["completeness"] | {"resent": 40, "gone": 2}})
    told = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert {"SENT AGAIN 40", "LOST HERE, GONE THERE 2"} <= {*told}
    write_host(ROW)
    assert "GONE" not in capsys.readouterr().out


def test_how_it_stands():
    assert standing(ROW) == "yes"
    assert standing({**ROW, "connected": False}) == "no"
    assert standing({**ROW, "active": False}) == "revoked"


def test_time_that_nobody_watched_is_no_loss_of_zero(monkeypatch):
    assert lost(ROW) == "3; not watched 10 min"
    whole = ROW["completeness"] | {"missed_seconds": {}}
    assert lost(ROW | {"completeness": whole}) == "3"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert lost(ROW) == "3; không theo dõi 10 phút"


def test_what_a_host_leaves_out_by_policy_is_no_loss():
    whole = ROW["completeness"] | {"dropped": {}, "missed": {"filter": 15_000}, "missed_seconds": {}}
    assert lost(ROW | {"completeness": whole}) == "0"


def test_a_bundle_that_was_refused_is_marked(monkeypatch):
    assert rules(ROW) == "4, refused 5"
    assert rules({**ROW, "content_refused": 0}) == "4"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert rules(ROW) == "4, từ chối 5"


def test_what_a_host_parked(capsys, monkeypatch):
    assert (rules(ROW), rules({**ROW, "content_refused": 0})) == ("4, refused 5", "4")
    why = "over its budget: 31.2 µs an event, 25 are allowed"
    parked = {"total": 70, "rules": [{"rule": "abc", "reason": why, "since": "2026-11-24T10:00:00Z"}]}
    assert rules({**ROW, "parked": parked}) == "4, refused 5, 70 parked"
    write_host({**ROW, "parked": parked})
    facts, _, listed, *_ = capsys.readouterr().out.split("\n\n")
    assert "RULES PARKED        70\n" in facts
    assert listed.splitlines()[1] == f"abc           {local('2026-11-24T10:00:00Z')}  {why}"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    write_host({**ROW, "parked": parked})
    assert "vượt hạn mức: 31.2 µs mỗi sự kiện, cho phép 25" in capsys.readouterr().out
