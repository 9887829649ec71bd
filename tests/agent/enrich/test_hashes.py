import hashlib
import os
import threading
import time

import pytest
from tramgac_agent.enrich import hashes as module
from tramgac_agent.enrich.hashes import Hashes, runs
from tramgac_agent.enrich.identity import FileKey, PathSource, key_of


@pytest.fixture
def hashes():
    it = Hashes()
    yield it
    it.close()


def finished(wanted):
    deadline = time.monotonic() + 10
    while not wanted.done and time.monotonic() < deadline:
        time.sleep(0.002)
    assert wanted.done
    return wanted


def key(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        return key_of(fd)
    finally:
        os.close(fd)


@pytest.mark.parametrize(
    ("head", "path", "mode", "wanted"),
    [
        (b"\x7fELF\x02", "/x", 0o644, True),
        (b"#!/bin/", "/x", 0o644, True),
        (b"MZ\x90\0", "/x", 0o644, True),
        (b"echo hi\n", "/x.sh", 0o644, True),
        (b"echo hi\n", "/x", 0o755, True),
        (b"echo hi\n", "/x.txt", 0o644, False),
        (b"%PDF-1.7", "/x.pdf", 0o755, False),
        (b"PK\x03\x04", "/x.docx", 0o777, False),
        (b"", "/x", 0o644, False),
    ],
)
def test_what_counts_as_a_program_or_a_script(head, path, mode, wanted):
    assert runs(head, path, mode) is wanted


def test_a_written_script_gets_its_hash_and_can_be_found_by_it(hashes, tmp_path):
    path = tmp_path / "s"
    path.write_bytes(b"#!/bin/sh\necho hi\n")
    wanted = finished(hashes.written(PathSource(str(path)), str(path)))
    assert wanted.sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert (wanted.size, wanted.late) == (18, False)
    known = hashes.find(wanted.sha256)
    assert (known.path, known.key) == (str(path), key(path))


def test_a_document_is_not_even_asked_for(hashes, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(b"%PDF-1.7 secret")
    path.chmod(0o777)
    assert hashes.written(PathSource(str(path)), str(path)) is None
    assert hashes.written(PathSource(str(tmp_path / "gone")), "gone") is None


def test_a_program_is_read_once(hashes, tmp_path):
    path = tmp_path / "p"
    path.write_bytes(b"\x7fELF program")
    opened = []

    class Counting(PathSource):
        def open(self):
            opened.append(1)
            return super().open()

    first = finished(hashes.program(key(path), [Counting(str(path))], str(path)))
    again = hashes.program(key(path), [Counting(str(path))], str(path))
    assert again.done
    assert again.sha256 == first.sha256 == hashlib.sha256(path.read_bytes()).digest()
    assert len(opened) == 1


def test_a_program_that_was_replaced_gets_no_hash_but_the_next_source_may_have_it(hashes, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"\x7fELF old")
    new.write_bytes(b"\x7fELF newer")
    wanted = key(old)
    assert finished(hashes.program(wanted, [PathSource(str(new))], "p")).sha256 == b""
    assert hashes.failed == 1
    found = finished(hashes.program(wanted, [PathSource(str(new)), PathSource(str(old))], "p"))
    assert found.sha256 == hashlib.sha256(b"\x7fELF old").digest()


def test_a_file_written_again_is_late(hashes, tmp_path):
    path = tmp_path / "s"
    path.write_bytes(b"#!one")

    class Slow(PathSource):
        calls = 0

        def open(self):
            Slow.calls += 1
            if Slow.calls == 2:
                path.write_bytes(b"#!another")
            return super().open()

    wanted = finished(hashes.written(Slow(str(path)), str(path)))
    assert wanted.late
    assert wanted.sha256 == hashlib.sha256(b"#!another").digest()
    # What is not certain is not remembered.
    assert hashes.find(wanted.sha256) is None


def test_a_file_above_the_limit_is_left_out(hashes, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BYTES", 4)
    path = tmp_path / "p"
    path.write_bytes(b"#!/bin/sh")
    assert finished(hashes.written(PathSource(str(path)), str(path))).sha256 == b""


def test_too_many_waiting_are_skipped_and_counted(hashes, tmp_path, monkeypatch):
    gate = threading.Event()

    class Stuck:
        def open(self):
            gate.wait(10)
            raise OSError("gone")

    try:
        tickets = [hashes.program(FileKey(1, i, 0, 0, 0), [Stuck()], "p") for i in range(module._WAITING + 5)]
        assert hashes.skipped in {3, 4, 5}  # one may be in the thread's hands
        assert sum(t.done for t in tickets) == hashes.skipped
    finally:
        gate.set()


def test_what_nobody_foresaw_of_one_file_stops_no_other_and_is_counted(hashes, tmp_path, caplog):
    class Odd:
        def open(self):
            raise LookupError("not foreseen")

    assert finished(hashes.program(FileKey(1, 1, 0, 0, 0), [Odd()], "/odd")).sha256 == b""
    assert hashes.failed == 1
    assert "'/odd'" in caplog.text
    path = tmp_path / "p"
    path.write_bytes(b"\x7fELF program")
    assert finished(hashes.program(key(path), [PathSource(str(path))], "p")).sha256


def test_a_thousand_processes_of_one_program_wait_for_one_hash(hashes, tmp_path):
    path = tmp_path / "p"
    path.write_bytes(b"\x7fELF program")
    tickets = [hashes.program(key(path), [PathSource(str(path))], "p") for _ in range(3_000)]
    assert {finished(t).sha256 for t in tickets} == {hashlib.sha256(path.read_bytes()).digest()}
    assert hashes.skipped == 0


def test_only_so_many_are_remembered(hashes, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_REMEMBERED", 2)
    made = []
    for i in range(3):
        path = tmp_path / f"p{i}"
        path.write_bytes(b"#!%d" % i)
        made.append(finished(hashes.written(PathSource(str(path)), str(path))).sha256)
    assert [hashes.find(h) is not None for h in made] == [False, True, True]
