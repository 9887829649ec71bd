import ctypes
import os
import subprocess

import pytest
from tramgac_agent.sensors.linux import handles

pytestmark = pytest.mark.root


def handle_of(path):
    """The kernel's handle of a file (name_to_handle_at(2))."""
    buffer = ctypes.create_string_buffer(8 + 128)
    ctypes.c_uint.from_buffer(buffer).value = 128
    mount = ctypes.c_int()
    library = ctypes.CDLL(None, use_errno=True)
    assert library.name_to_handle_at(-100, os.fsencode(path), buffer, ctypes.byref(mount), 0) == 0
    return buffer.raw[: 8 + ctypes.c_uint.from_buffer(buffer).value]


@pytest.fixture
def point(tmpfs):
    return handles.MountPoint(str(tmpfs))


def test_a_file_is_found_and_opened_under_whatever_name(tmpfs, point):
    (tmpfs / "a").write_text("content")
    handle = handle_of(tmpfs / "a")
    assert point.path(handle) == f"{tmpfs}/a"
    (tmpfs / "a").rename(tmpfs / "b")
    assert point.path(handle) == f"{tmpfs}/b"
    fd = point.open(handle)
    assert os.read(fd, 100) == b"content"
    os.close(fd)
    (tmpfs / "b").unlink()
    assert point.path(handle) is None
    with pytest.raises(OSError, match="Stale"):
        point.open(handle)


def test_a_pipe_is_not_opened(tmpfs, point):
    os.mkfifo(tmpfs / "p")
    with pytest.raises(OSError, match="not a regular file"):
        point.open(handle_of(tmpfs / "p"))


def test_what_is_mounted_there_afterwards_is_another(tmpfs, point):
    (tmpfs / "a").write_text("x")
    handle = handle_of(tmpfs / "a")
    assert point.there
    subprocess.run(["umount", str(tmpfs)], check=True)  # nobody is told that it is in use
    assert not point.there
    assert point.path(handle) is None
    subprocess.run(["mount", "-t", "tmpfs", "tramgac-test", str(tmpfs)], check=True)
    with pytest.raises(OSError, match="Stale"):
        point.open(handle)
