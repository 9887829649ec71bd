import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tramgac_scan import client, protocol
from tramgac_scan.client import Inspection, Limits, Scanner, YaraSource, inspect
from tramgac_scan.errors import RulesRejected, ScanError
from tramgac_scan.shelf import Form, Shelf, digest_of

HELLO = YaraSource("hello.yar", 'rule hello { meta: why = "greeting" strings: $h = "hello" condition: $h }')
BY_NAME = YaraSource("name.yar", 'rule by_name { condition: filename == "x.sh" }')
# Ran on for minutes in spite of YARA's own timeout of one second.
RUNAWAY = YaraSource("runaway.yar", "rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a }")


@pytest.fixture
def memfd():
    opened = []

    def make(content: bytes) -> int:
        fd = os.memfd_create("sample")
        os.write(fd, content)
        opened.append(fd)
        return fd

    yield make
    for fd in opened:
        os.close(fd)


def test_hit_names_rule_meta_and_where_strings_stand(memfd):
    with Scanner([HELLO]) as scanner:
        (hit,) = scanner.scan(memfd(b"say hello")).hits
    assert (hit.rule, hit.path, hit.meta, hit.strings) == (
        "hello",
        "hello.yar",
        {"why": "greeting"},
        (("$h", 4, 5),),
    )


def test_empty_file_and_no_rules_are_fine(memfd):
    with Scanner([HELLO]) as scanner, Scanner([]) as idle:
        assert scanner.scan(memfd(b"")).hits == ()
        assert idle.scan(memfd(b"hello")).hits == ()


def test_externals_reach_the_rule(memfd):
    with Scanner([BY_NAME]) as scanner:
        fd = memfd(b"anything")
        assert not scanner.scan(fd, {"filename": "y.sh"}).hits
        assert scanner.scan(fd, {"filename": "x.sh"}).hits


def test_inspection_tells_content_only_sources_apart():
    assert inspect([HELLO, BY_NAME]) == Inspection(content_only=frozenset({"hello.yar"}))


def test_all_problems_come_at_once_with_file_and_line():
    bad = [
        YaraSource("a.yar", "rule a { condition: nothing }"),
        HELLO,
        YaraSource("b.yar", 'rule b {\n\n strings: $s = "x" condition: true }'),
        YaraSource("c.yar", 'include "/etc/passwd"'),
    ]
    with pytest.raises(RulesRejected) as rejected:
        Scanner(bad)
    assert [(p.path, p.line) for p in rejected.value.problems] == [("a.yar", 1), ("b.yar", 3), ("c.yar", 1)]
    assert "a.yar:1: undefined identifier" in str(rejected.value)


def test_runaway_is_killed_parked_and_the_next_file_is_looked_at(memfd):
    with Scanner([RUNAWAY, HELLO], Limits(seconds=1, grace=0.2)) as scanner:
        began = time.monotonic()
        stopped = scanner.scan(memfd(b"ab" * 20_000), key="bad")
        assert stopped.refused == "timeout"
        assert "the scan was stopped and the file is not looked at again" in stopped.why
        assert "mend it" in stopped.why
        assert time.monotonic() - began < 60
        assert scanner.scan(memfd(b"ab"), key="bad").refused == "parked"
        assert scanner.scan(memfd(b"hello"), key="good").hits
        assert scanner.counters["timeout"] == scanner.counters["parked"] == scanner.counters["restarts"] == 1


def test_memory_is_bounded(memfd):
    many = YaraSource("many.yar", 'rule many { strings: $a = "a" condition: #a > 10 }')
    with Scanner([many], Limits(memory=160 << 20, seconds=2)) as scanner:
        result = scanner.scan(memfd(b"a" * (4 << 20)), key="k")
        # YARA may stop at its own cap of matches or at the child's limit: either way an answer comes.
        assert result.hits or result.refused
        assert all(len(hit.strings) <= 64 for hit in result.hits)


def test_dead_child_is_replaced(memfd):
    with Scanner([HELLO]) as scanner:
        scanner._child.kill()
        assert "report it" in scanner.scan(memfd(b"hello")).why
        assert scanner.scan(memfd(b"hello")).hits


def test_child_is_recycled(memfd):
    with Scanner([HELLO], Limits(scans=2)) as scanner:
        first = scanner._child.pid
        fd = memfd(b"hello")
        assert all(scanner.scan(fd).hits for _ in range(3))
        assert scanner._child.pid != first


def test_a_set_is_compiled_once_and_then_loaded(memfd, monkeypatch):
    monkeypatch.setattr(client, "SHELF", Shelf())
    with Scanner([HELLO, BY_NAME], Limits(scans=1)) as scanner, Scanner([HELLO, BY_NAME]) as other:
        fd = memfd(b"hello")
        assert [hit.rule for hit in scanner.scan(fd, {"filename": "x.sh"}).hits] == ["hello", "by_name"]
        assert [hit.rule for hit in scanner.scan(fd).hits] == ["hello"]
        assert scanner.counters["compilations"] == 1
        assert scanner.counters["loads"] == 1
        assert (other.counters["compilations"], other.counters["loads"]) == (0, 1)
        assert other.content_only == {"hello.yar"}


def test_a_form_that_does_not_load_is_compiled_again(monkeypatch):
    shelf = Shelf()
    monkeypatch.setattr(client, "SHELF", shelf)
    shelf.put(digest_of([(HELLO.path, HELLO.source)]), Form(b"bm90aGluZw==", frozenset()))
    with Scanner([HELLO]) as scanner:
        assert scanner.counters["compilations"] == 1
        assert scanner.content_only == {"hello.yar"}


def test_texts_are_looked_at_in_a_batch():
    texts = ["", "say hello", "nothing", "ưhello", "\udcff hello"]
    with Scanner([HELLO]) as scanner:
        results = scanner.scan_texts(texts, list("abcde"))
        assert (scanner.counters["scans"], scanner.counters["hits"]) == (5, 3)
    assert [[hit.strings for hit in result.hits] for result in results] == [
        [],
        [(("$h", 4, 5),)],
        [],
        [(("$h", 2, 5),)],
        [(("$h", 4, 5),)],
    ]


def test_a_text_that_rules_run_away_on_stops_no_other():
    with Scanner([RUNAWAY, HELLO], Limits(seconds=1, grace=0.2)) as scanner:
        texts = ["hello", "ab" * 20_000, "hello again"]
        found = scanner.scan_texts(texts, list("xyz"))
        assert [(len(one.hits), one.refused) for one in found] == [(1, ""), (0, "timeout"), (1, "")]
        assert scanner.scan_texts(texts[1:2], ["y"])[0].refused == "parked"
        assert scanner.counters["restarts"] == scanner.counters["parked"] == 1


def test_what_was_parked_longest_ago_is_forgotten(monkeypatch):
    monkeypatch.setattr(client, "_KEPT", 2)
    with Scanner([HELLO]) as scanner:
        for key in "abc":
            scanner._count(client.ScanResult(refused="timeout"), key)
        assert list(scanner._parked) == ["b", "c"]


def test_where_memory_is_short_the_child_goes_before_its_parent():
    with Scanner([HELLO]) as scanner:
        assert Path(f"/proc/{scanner._child.pid}/oom_score_adj").read_text("ascii") == "1000\n"


def test_an_idle_child_stands_back():
    with Scanner([HELLO], Limits(idle=True)) as idle, Scanner([HELLO]) as other:
        policies = [os.sched_getscheduler(one._child.pid) for one in (idle, other)]
    assert policies == [os.SCHED_IDLE, os.SCHED_OTHER]


def test_layers_that_do_not_hold_are_missing(monkeypatch):
    with Scanner([HELLO]) as scanner:
        assert {"capabilities", "seccomp"} <= set(scanner.held)
        scanner.held = ("capabilities", "seccomp")
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert scanner.missing == ("network", "user")
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert scanner.missing == ("network",)


def test_a_child_that_keeps_its_capabilities_scans_nothing(tmp_path):
    """The child itself refuses: the module is changed under it."""
    planted = tmp_path / "planted.py"
    planted.write_text(
        "import sys; from tramgac_scan import capabilities, child; capabilities.drop = lambda: False\n"
        "child.main(sys.argv[1:])\n"
    )
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-I", str(planted), str(theirs.fileno()), str(512 << 20), "20", "10", "0"]
    with ours, theirs, subprocess.Popen(command, pass_fds=[theirs.fileno()]) as child:
        told, _ = protocol.receive(ours)
        assert child.wait(30) == 0
    assert "capabilities" not in told["held"]
    assert "YARA is not run" in told["refused"]


def test_a_refusal_of_the_child_is_raised_with_its_reason(monkeypatch):
    real = protocol.receive
    monkeypatch.setattr(protocol, "receive", lambda sock: ({**real(sock)[0], "refused": "keeps capabilities"}, None))
    with pytest.raises(ScanError, match="keeps capabilities"):
        Scanner([HELLO])


@pytest.mark.root
def test_a_child_that_could_not_be_ended_scans_nothing():
    code = "from tramgac_scan.client import Scanner; Scanner([])"
    start = ["setpriv", "--bounding-set=-kill", sys.executable, "-I", "-c", code]
    done = subprocess.run(start, capture_output=True, text=True, check=False, timeout=60)
    assert "could not be ended" in done.stderr
    assert "CAP_KILL" in done.stderr
