import datetime as dt
import json
import os
import subprocess
import time
from types import SimpleNamespace

import pytest
from backports import zstd
from tramgac_agent import doctor, identity
from tramgac_agent.doctor import examine, run
from tramgac_agent.privileges import lay_out
from tramgac_agent.status import write_status

from tests.agent.host import config_in
from tests.agent.pki import DAY, Authority

AN_HOUR_AGO = time.time() - 3_600
LANE = {"emitted": 9, "acked": 3, "spooled": 4, "dropped": {"spool_full": 2}}
LENS = {"rules": 2, "held": ["network", "user", "capabilities", "seccomp"], "missing": [], "trouble": ""}
ALIVE = {"capability": "process", "rung": "ebpf", "state": "SENSOR_STATE_ALIVE", "why": ""}


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


class State:
    """A state folder in which all is well; a test spoils one thing."""

    def __init__(self, folder, window=None):
        self.ended = False
        self.config = config_in(folder, collector="c.example:1")
        lay_out(self.config.paths, "nobody-of-tests")
        identity.save(self.config.paths, Authority().identity(window))
        self.uplink = {"state": "connected", "reason": "", "skew_ns": 0, "connects": 1, "content": ""}
        self.uplink |= {"alarm": "", "alarm_time": 0.0}
        spool = {"bytes": 5, "cap": 10, "lanes": {"2": LANE}}
        self.sensor = {"spool": spool, "past": {}, "trouble": "", "content": 3, "sensors": [ALIVE]}
        self.parts = {name: {"restarts": 0, "last_exit": ""} for name in ("sensor", "uplink")}

    def examine(self):
        write_status(self.config.paths.uplink_status, self.uplink, ended=self.ended)
        write_status(self.config.paths.sensor_status, self.sensor, ended=self.ended)
        write_status(self.config.paths.parts_status, self.parts, ended=self.ended)
        return examine(self.config, time.time())

    def at(self):
        return json.loads(self.config.paths.sensor_status.read_text())["time"]

    def bad(self):
        return {check.check: check for check in self.examine() if not check.ok}


@pytest.fixture
def state(tmp_path):
    return State(tmp_path)


def test_what_is_kept_and_what_was_sent_again_is_told(state):
    state.sensor["spool"] |= {"kept": 4, "lanes": {"2": LANE | {"resent": 7, "gone": 3}}}
    told = {check.check: check.detail for check in state.examine()}
    assert "4 of them acknowledged and kept" in told["spool"]
    assert "restored: 7, no longer kept: 3" in told["spool"]


def test_all_is_well(state, capsys):
    assert state.bad() == {}
    assert run(state.config, as_json=True) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["check"] for line in lines} >= {"identity", "certificate", "clock", "link", "spool", "content"}
    assert all(set(line) == {"check", "ok", "detail", "advice"} for line in lines)


def gone():
    """Who wrote it lives no more."""
    with subprocess.Popen(["/bin/true"]) as child:
        return {"pid": child.pid, "start": 1}


def link_down(state):
    state.uplink |= {"state": "waiting", "reason": "unavailable: no route"}


def stale(state):
    state.uplink["time"] = AN_HOUR_AGO


def killed(state):
    state.uplink |= {"time": AN_HOUR_AGO, **gone()}


def copied(state):
    state.uplink |= {"alarm": "replaced", "alarm_time": time.time() - 60}


def two_collectors(state):
    state.uplink["turns_time"] = time.time() - 60


def revoked(state):
    state.uplink |= {"alarm": "revoked", "alarm_time": time.time(), "state": "waiting"}


def collector_full(state):
    state.uplink["full"] = time.time()


def held_back(state):
    state.uplink["held_until"] = time.time() + 20


def clock_off(state):
    state.uplink["skew_ns"] = 3_600 * 10**9


def unbalanced(state):
    state.sensor["spool"]["lanes"]["2"] = LANE | {"acked": 1}


def full_disk(state):
    state.sensor["trouble"] = "bulk: No space left on device"


def blind(state):
    state.sensor["sensors"] = [ALIVE | {"state": "SENSOR_STATE_BLIND", "why": "ebpf: refused\nfanotify: no"}]


def no_sensors(state):
    state.sensor["sensors"] = []


def restarted(state):
    state.parts["sensor"] = {"restarts": 3, "last_exit": "SIGSEGV"}


def refused_content(state):
    state.uplink["content"] = "9: tampered"


def content_that_does_not_load(state):
    state.sensor |= {"content": 0, "content_unloaded": "ZstdError: damaged"}


def no_batch(state):
    state.uplink["failures"] = 3


def rules_that_fail(state):
    state.sensor["rule_failures"] = 2


def lens_refuses(state):
    state.sensor["lens"] = LENS | {"trouble": "the scanning child could not give up its capabilities"}


def lens_is_bare(state):
    state.sensor["lens"] = LENS | {"held": ["capabilities", "seccomp"], "missing": ["network", "user"]}


def open_key(state):
    state.config.paths.key.chmod(0o644)


@pytest.mark.parametrize(
    ("harm", "check", "said"),
    [
        (link_down, "link", "no route"),
        (stale, "link", "process PID says nothing since "),
        (killed, "link", "ended without a word, last heard of at "),
        (copied, "one_identity", "two agents"),
        (two_collectors, "one_collector", "two collectors with one identity take turns (last 1 min ago)"),
        (revoked, "revoked", "revoked"),
        (collector_full, "collector", "refuses events: its disk is full"),
        (held_back, "collector", "hold back all but what is urgent"),
        (clock_off, "clock", "3600.0 s"),
        (unbalanced, "spool", "5 of 10"),
        (full_disk, "spool", "No space"),
        (full_disk, "spool", "given up 2 (spool_full 2)"),
        (blind, "sensor.process", "ebpf: refused; fanotify: no"),
        (no_sensors, "sensor", "no sensor"),
        (restarted, "restarts", "SIGSEGV"),
        (refused_content, "content", "9: tampered"),
        (
            content_that_does_not_load,
            "content",
            "no bundle yet; the one on the disk does not load (ZstdError: damaged)",
        ),
        (no_batch, "sending", "3 times no batch"),
        (lens_refuses, "lens", "not in use: the scanning child could not"),
        (lens_is_bare, "lens", "confined by: capabilities, seccomp; missing: network, user"),
        (rules_that_fail, "left_out", "2 events on which a rule failed"),
        (open_key, "identity", "key.pem"),
    ],
)
def test_what_is_wrong_is_said_with_advice(state, harm, check, said, capsys):
    harm(state)
    found = state.bad()
    assert said.replace("PID", str(os.getpid())) in found[check].detail
    assert found[check].advice
    assert run(state.config, as_json=False) == 1
    assert "BAD" in capsys.readouterr().out


@pytest.mark.parametrize(("after", "said"), [(-1, "ended"), (1, "ends in")])
def test_a_certificate_that_ends(tmp_path, after, said):
    now = dt.datetime.now(dt.UTC)
    found = State(tmp_path, (now - 3 * DAY, now + after * DAY)).bad()
    assert said in found["certificate"].detail


def test_nothing_there_yet(tmp_path):
    found = {check.check: check for check in examine(config_in(tmp_path), time.time())}
    assert "enrol" in found["identity"].advice
    assert not found["link"].ok
    assert not found["spool"].ok
    assert (found["content"].ok, found["content"].detail) == (True, "no bundle yet")
    assert (found["clock"].ok, found["clock"].detail) == (False, "unknown: it does not run")


def no_room(monkeypatch, free):
    def disk_usage(_path):
        return SimpleNamespace(free=free)

    monkeypatch.setattr(doctor.shutil, "disk_usage", disk_usage)


def test_a_full_state_disk_is_told_though_the_status_could_not_be_written(state, monkeypatch):
    assert "disk" in {check.check for check in state.examine() if check.ok}
    no_room(monkeypatch, 3 << 20)
    bad = state.bad()  # the status says what held when it could still be written
    assert set(bad) == {"disk"}
    assert bad["disk"].detail == f"3 MiB free at {state.config.state}"
    assert "make room" in bad["disk"].advice


def test_who_finds_no_room_to_speak_is_not_told_to_hang(state, monkeypatch):
    state.sensor["time"] = AN_HOUR_AGO
    assert "kill -9" in state.bad()["spool"].advice
    no_room(monkeypatch, 0)
    assert state.bad()["spool"].advice == "it may run and find no room to say so: see disk"


@pytest.mark.root
def test_a_disk_that_is_really_full(tmp_path):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", tmp_path], check=True)
    try:
        state = State(tmp_path)
        assert state.bad() == {}
        with pytest.raises(OSError, match="No space left"):
            (tmp_path / "full").write_bytes(bytes(32 << 20))
        state.sensor["spool"]["bytes"] = 6  # nobody can write this down
        assert state.bad()["disk"].detail == f"0 MiB free at {tmp_path}"
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_just_after_an_orderly_end_nothing_is_alive(state):
    state.ended = True
    state.parts["sensor"]["restarts"] = 3
    found = state.bad()
    at = dt.datetime.fromtimestamp(state.at()).astimezone().isoformat(" ", "seconds")
    assert {name: check.detail for name, check in found.items()} == {
        "clock": f"unknown: stopped at {at}",
        "link": f"stopped at {at}",
        "spool": f"stopped at {at}",
        "sensor": f"stopped at {at}",
    }
    assert all("tramgac-agent run" in check.advice for check in found.values())


def test_a_killed_agent_is_told_at_once(state):
    state.sensor |= gone()
    state.uplink |= {"start": 1}  # another process has its number
    found = state.bad()
    assert all("ended without a word" in found[check].detail for check in ("clock", "link", "spool", "sensor"))


def test_with_the_agent_down_what_is_on_disk_is_said_and_nothing_is_guessed(state):
    state.sensor |= gone()
    state.uplink |= gone()
    state.config.paths.current.write_bytes(zstd.compress(b'{"version": 7}'))
    found = {check.check: check for check in state.examine()}
    assert (found["content"].ok, found["content"].detail) == (True, "bundle 7 on disk, in force as soon as it runs")
    state.config.paths.current.write_bytes(b"damaged")
    found = {check.check: check for check in state.examine()}
    assert not found["content"].ok
    assert found["content"].detail.startswith("unknown: ended without a word")


def test_a_clock_that_was_not_measured_yet(state):
    state.uplink["connects"] = 0
    [clock] = [check for check in state.examine() if check.check == "clock"]
    assert (clock.ok, clock.detail) == (True, "not measured yet")


def test_rules_that_are_parked_here_are_told_and_are_no_harm(state, monkeypatch):
    judge = {"rules": 9, "parked": 7, "parked_rules": list("abcdefg"), "parked_why": ["dear"] * 7}
    state.sensor["judge"] = judge
    [parked] = [check for check in state.examine() if check.check == "rules"]
    assert parked.ok
    assert parked.detail.startswith("7 rules cost too much here and are parked;")
    assert parked.detail.endswith(": a, b, c, d, e, ...")
    assert "rule_budget_us" in parked.advice
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    state.sensor["judge"] = judge | {"parked": 1, "parked_rules": ["a"]}
    assert next(check.detail for check in state.examine() if check.check == "rules").startswith("1 luật tốn quá nhiều")
    state.sensor["judge"] = judge | {"parked": 0, "parked_rules": []}
    assert not [check for check in state.examine() if check.check == "rules"]


def test_how_the_lens_is_locked_in(state):
    state.sensor["lens"] = LENS
    [lens] = [check for check in state.examine() if check.check == "lens"]
    assert (lens.ok, lens.detail) == (
        True,
        "2 YARA files, in a child confined by: network, user, capabilities, seccomp",
    )


def test_what_was_seen_and_not_looked_at_closely_is_told(state):
    assert "left_out" not in {check.check for check in state.examine()}
    state.sensor |= {"hashes": {"skipped": 3, "failed": 4}, "without_process": 5}
    state.sensor["lens"] = LENS | {"skipped": 1, "refused": 1}
    [told] = [check for check in state.examine() if check.check == "left_out"]
    assert (told.ok, told.advice) == (True, "")
    assert "7 programs and scripts without a hash, 2 not looked at by YARA rules of this host; 5 changes" in told.detail


def test_a_damaged_identity(state):
    state.config.paths.certificate.write_bytes(b"garbage")
    assert "cannot be used" in state.bad()["identity"].detail


def test_a_root_that_no_ticket_pinned_is_mentioned(state):
    state.config.paths.content_unpinned.write_bytes(b"x")
    [content] = [check for check in state.examine() if check.check == "content"]
    assert content.ok
    assert "not from a ticket" in content.detail


def test_why_a_sensor_runs_no_better_rung_is_said_in_the_persons_language(state, monkeypatch):
    why = "ebpf: not permitted; needs root or CAP_BPF\nfanotify: files are not watched on /srv (nfs)"
    state.sensor["sensors"] = [ALIVE | {"capability": "file", "rung": "fanotify", "why": why}]

    def told():
        return next(check.detail for check in state.examine() if check.check == "sensor.file")

    assert told() == f"fanotify: alive ({why.replace(chr(10), '; ')})"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert told() == (
        "fanotify: alive (ebpf: không được phép; cần root hoặc CAP_BPF; fanotify: không theo dõi tệp trên /srv (nfs))"
    )
