import hashlib
import os
import time
from dataclasses import replace

import pytest
from tramgac_agent.enrich.identity import key_of
from tramgac_agent.errors import SampleRefused
from tramgac_agent.packets import NoSample, Sample
from tramgac_agent.samples import Budget, KnownFile, SampleDesk, open_hashed


class Path:
    def __init__(self, path):
        self.path = path

    def open(self):
        return os.open(self.path, os.O_RDONLY)


def known(path):
    fd = os.open(path, os.O_RDONLY)
    key = key_of(fd)
    os.close(fd)
    return KnownFile(Path(path), key, str(path))


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "tool"
    path.write_bytes(b"#!/bin/sh\n" + bytes(300_000))
    return path


def digest(path):
    return hashlib.sha256(path.read_bytes()).digest()


def test_the_descriptor_is_of_the_file_that_was_hashed(script):
    fd, size = open_hashed(known(script), digest(script), 1 << 20)
    assert (os.read(fd, 10), size) == (b"#!/bin/sh\n", 300_010)
    os.close(fd)


def gone(path):
    path.unlink()


def replaced(path):
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def rewritten_with_its_times_put_back(path):
    facts = path.stat()
    path.write_bytes(b"#!/bin/sh\n" + b"\1" * 300_000)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize(
    ("change", "reason"), [(gone, "gone"), (replaced, "changed"), (rewritten_with_its_times_put_back, "changed")]
)
def test_another_file_is_not_sent(script, change, reason):
    file, sha256 = known(script), digest(script)
    change(script)
    with pytest.raises(SampleRefused, match=reason):
        open_hashed(file, sha256, 1 << 20)


def test_the_content_is_hashed_again_from_the_descriptor(script):
    with pytest.raises(SampleRefused, match="changed"):
        open_hashed(known(script), bytes(32), 1 << 20)


def test_too_large(script):
    with pytest.raises(SampleRefused, match="too_large"):
        open_hashed(known(script), digest(script), 1000)


@pytest.mark.parametrize("name", ["letter.txt", "letter.docx", "letter"])
def test_documents_never(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"Dear madam")
    path.chmod(0o755)
    with pytest.raises(SampleRefused, match="not_executable"):
        open_hashed(known(path), digest(path), 1 << 20)


@pytest.mark.parametrize("name", ["run.sh", "run.PS1", "run.py"])
def test_scripts_by_their_name(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"echo")
    os.close(open_hashed(known(path), digest(path), 1 << 20)[0])


def test_no_descriptor_is_left_open_by_a_refusal(script):
    probe = os.dup(0)
    os.close(probe)
    with pytest.raises(SampleRefused):
        open_hashed(known(script), bytes(32), 1 << 20)
    again = os.dup(0)
    os.close(again)
    assert again == probe  # the lowest free number is the same


def answers(desk, count):
    found = []
    while len(found) < count:
        found += desk.answers()
    return found


def test_what_nobody_foresaw_of_one_file_is_a_refusal_and_stops_no_other(script, caplog):
    class Odd:
        def open(self):
            raise LookupError("not foreseen")

    good, odd = digest(script), b"o" * 32
    desk = SampleDesk({good: known(script), odd: replace(known(script), source=Odd())}.get, 1 << 20)
    try:
        desk.ask(odd, 1 << 20)
        desk.ask(good, 1 << 20)
        deadline, told = time.monotonic() + 5, []
        while len(told) < 2 and time.monotonic() < deadline:
            told += desk.answers()
    finally:
        desk.close()
    refused, sample = told
    assert refused == NoSample(odd, "changed")
    assert sample.sha256 == good
    os.close(sample.fd)
    assert "not foreseen" in caplog.text


def test_the_desk_opens_and_refuses(script):
    sha256 = digest(script)
    desk = SampleDesk({sha256: known(script)}.get, 1 << 20)
    desk.ask(sha256, 1 << 20)
    desk.ask(bytes(32), 1 << 20)
    found = {type(answer): answer for answer in answers(desk, 2)}
    assert found[NoSample] == NoSample(bytes(32), "gone")
    assert os.read(found[Sample].fd, 2) == b"#!"
    os.close(found[Sample].fd)
    desk.ask(sha256, 5)
    assert answers(desk, 1) == [NoSample(sha256, "too_large")]
    desk.ask(sha256, 1 << 20)
    desk.close()


def test_the_budget_fills_with_time():
    now = [0.0]
    budget = Budget(1000, lambda: now[0])
    assert budget.wait(1000) == 0
    assert budget.wait(500) == 0.5
    now[0] += 100
    assert budget.wait(1000) == 0
    assert budget.wait(100) == pytest.approx(0.1)
    with pytest.raises(SampleRefused, match="budget"):
        Budget(0).wait(1)
