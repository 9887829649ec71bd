import os
import sys

import pytest
from tramgac_agent.sensors.linux import notify
from tramgac_agent.sensors.linux.places import Places


def test_a_directory_that_nobody_knows_leaves_the_name():
    places = Places()
    assert places.path(notify.Named(b"12345678", b"handle", b"name")) == b"name"
    assert places.path(None) == b""


def test_what_was_learnt_needs_no_kernel_until_it_is_forgotten():
    places = Places()
    named = notify.Named(b"12345678", b"handle", b"name")
    places.learn((b"12345678", b"handle"), b"/some/folder")
    assert places.path(named) == b"/some/folder/name"
    assert places.source(named, b"target") is None, "no such file system"
    places.forget()
    assert places.path(named) == b"name"


@pytest.mark.root
def test_a_file_system_is_added_once(tmpfs):
    places = Places()
    places.add(str(tmpfs))
    places.add(str(tmpfs))
    assert places.mount_points() == [str(tmpfs)]
    filesystem = os.statvfs(tmpfs).f_fsid.to_bytes(8, sys.byteorder)
    assert places.source(notify.Named(filesystem, b"", b""), b"handle").handle == b"handle"
    places.close()
    assert places.mount_points() == []
