import ctypes
import os

import pytest
from tramgac_agent.sensors.errors import KernelError, ProbeError
from tramgac_agent.sensors.linux import cgroups
from tramgac_agent.sensors.linux.bpf import libbpf
from tramgac_agent.sensors.linux.bpf.libbpf import Programs

NOWHERE = cgroups.Group((1 << 64) - 1, 0)
FORK = {"programs": ("on_fork",), "without_maps": ("connecting", "listening", "scratch"), "ring_bytes": 1 << 16}


def test_a_missing_library_says_what_to_install(monkeypatch):
    def absent(*_, **__):
        raise OSError("libbpf.so.1: cannot open shared object file")

    monkeypatch.setattr(ctypes, "CDLL", absent)
    with pytest.raises(ProbeError) as caught:
        Programs(**FORK)
    assert (caught.value.reason, "apt install libbpf1" in caught.value.install) == ("libbpf.so.1 not found", True)


def test_a_missing_object_says_that_the_package_is_to_be_built(monkeypatch, tmp_path):
    monkeypatch.setattr(libbpf, "OBJECT", tmp_path / "sensor.bpf.o")
    with pytest.raises(ProbeError, match=r"sensor\.bpf\.o is missing"):
        Programs(**FORK)
    (tmp_path / "sensor.bpf.o").write_bytes(b"no ELF")
    with pytest.raises(ProbeError, match="cannot be opened"):
        Programs(**FORK)


def test_refusals_say_what_right_is_missing():
    assert libbpf._refusal("x", 1).install == "needs root or CAP_BPF+CAP_PERFMON"
    assert libbpf._refusal("x", 22).reason == "x: Invalid argument"


@pytest.mark.root
def test_programs_are_loaded_attached_counted_and_taken_away():
    loaded = Programs(**FORK, scope=NOWHERE)
    loaded.attach()
    assert loaded.check() == ""
    assert loaded.counters(4) == (0, 0, 0, 0)
    assert loaded.skipped() == 0
    with pytest.raises(KernelError, match="map counters"):
        loaded.put("counters", b"\xff\xff\xff\xff", bytes(8 * os.cpu_count()))
    loaded.close()
    loaded.close()
    assert loaded.check() == ""


@pytest.mark.root
def test_a_program_that_was_detached_is_noticed():
    loaded = Programs(**FORK, scope=NOWHERE)
    loaded.attach()
    fd = loaded._lib.link_fd(loaded._links["on_fork"])
    other = os.open("/dev/null", os.O_RDONLY)
    os.dup2(other, fd)
    os.close(other)
    assert "on_fork is not attached any more" in loaded.check()
    loaded.close()


@pytest.mark.root
def test_each_program_is_tried_by_itself():
    assert libbpf.probe(("on_exec", "on_fork", "on_exit"), ("connecting", "listening"), NOWHERE) == {}
