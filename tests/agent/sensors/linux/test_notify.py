import struct

from tramgac_agent.sensors.linux import notify

FSID = b"\x01\x02\x03\x04\x05\x06\x07\x08"


def info(kind, handle=b"", name=None):
    """An information record as the kernel lays it out, padded to four bytes."""
    opaque = len(handle) - 8
    body = FSID + struct.pack("=Ii", opaque, 1) + handle[8:] + (name + b"\0" if name is not None else b"")
    body += bytes(-len(body) % 4)
    return struct.pack("=BBH", kind, 0, 4 + len(body)) + body


def handle(opaque):
    return struct.pack("=Ii", len(opaque), 1) + opaque


def event(mask, pid, *records):
    body = b"".join(records)
    return struct.pack("=IBBHQii", 24 + len(body), 3, 0, 24, mask, -1, pid) + body


def test_a_create_with_its_directory_name_and_target():
    folder, target = handle(b"folder!!"), handle(b"thefile!")
    data = event(notify.CREATE, 7, info(2, folder, b"name"), info(1, target))
    assert notify.parse(data) == [notify.Happening(notify.CREATE, 7, notify.Named(FSID, folder, b"name"), None, target)]


def test_a_rename_with_both_names():
    old, new = handle(b"olddir"), handle(b"newdirectory")
    (seen,) = notify.parse(event(notify.RENAME, 7, info(10, old, b"a"), info(12, new, b"b")))
    assert (seen.before, seen.here) == (notify.Named(FSID, old, b"a"), notify.Named(FSID, new, b"b"))


def test_several_events_in_one_buffer_and_one_without_records():
    data = event(notify.DELETE, 1, info(2, handle(b"x"), b"n")) + event(notify.OVERFLOW, 0)
    first, second = notify.parse(data)
    assert (first.pid, first.here.name) == (1, b"n")
    assert (second.mask, second.here, second.target) == (notify.OVERFLOW, None, b"")
    assert notify.parse(b"") == []
