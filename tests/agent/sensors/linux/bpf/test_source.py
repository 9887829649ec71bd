import platform
import select

import pytest
from tramgac_agent.sensors.errors import KernelError, ProbeError
from tramgac_agent.sensors.linux.bpf.source import Source
from tramgac_agent.sensors.scope import Scope


def made(ring_bytes=1 << 16):
    return Source(("on_exec", "on_fork", "on_exit"), ("connecting", "listening"), ring_bytes)


def test_other_machines_are_refused_with_the_reason(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "aarch64")
    assert made().probe(Scope()).reason == "the ring's reader is proven on x86_64 only, not on aarch64"


def test_nothing_runs_before_the_start():
    source = made()
    assert source.drain(10) == []
    assert source.wake() is None
    assert source.missed() == {}
    with pytest.raises(KernelError, match="not running"):
        source.check()
    source.stop()


def test_one_process_cannot_be_a_scope_in_the_kernel():
    with pytest.raises(ProbeError, match="control group only"):
        made().start(Scope(process=5))


@pytest.mark.root
def test_a_scope_that_is_no_group_is_told(tmp_path):
    probe = made().probe(Scope(cgroup=str(tmp_path)))
    assert (probe.ok, "is not in a mounted version 2 hierarchy" in probe.reason) == (False, True)


@pytest.mark.root
def test_the_reader_is_woken_when_the_ring_fills_and_not_for_each_record(load):
    source = made()
    source.start(Scope(cgroup=str(load.group)))
    try:
        poll = select.poll()
        poll.register(source.wake(), select.POLLIN)
        load.start("/bin/true", "x").wait()
        assert poll.poll(0) == []
        assert len(source.drain(100)) == 2
        for _ in range(3):
            load.start("/bin/true", "x" * 8_000).wait()
        assert poll.poll(0) != []
        source.drain(100)
        assert poll.poll(0) == []
    finally:
        source.stop()


@pytest.mark.root
def test_a_record_of_another_shape_is_counted_and_the_next_one_read(load, monkeypatch):
    from tramgac_agent.sensors.linux.bpf import decode

    source = made()
    source.start(Scope(cgroup=str(load.group)))
    try:
        monkeypatch.setattr(decode, "EXEC", 99)
        load.start("/bin/true").wait()
        assert [type(o).__name__ for o in source.drain(100)] == ["Exit"]
        assert source.missed() == {"ring_full": 0, "sensor_error": 1}
    finally:
        source.stop()
