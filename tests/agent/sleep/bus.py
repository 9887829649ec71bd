"""A bus of the test's own (dbus-daemon), and on it a login manager that is none."""

from __future__ import annotations

import array
import os
import select
import shutil
import socket
import struct
import subprocess
import time
from contextlib import contextmanager

import pytest
from tramgac_agent.sleep.dbus import HEAD, Call, call, length, read

CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>custom</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*"/><allow receive_type="method_call"/>
<allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/><allow own="*"/>
</policy></busconfig>
"""
BUS = Call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")


@contextmanager
def bus(folder):
    """Yield the address of a bus."""
    daemon = shutil.which("dbus-daemon") or pytest.skip("no dbus-daemon here")
    config, path = folder / "bus.conf", folder / "bus"
    config.write_text(CONFIG.format(path=path))
    command = [daemon, f"--config-file={config}", "--nofork", "--nopidfile", "--nosyslog"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 10
            while not path.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            yield str(path)
        finally:
            process.terminate()


class Member:
    """One of a bus; with a name, a login manager."""

    def __init__(self, address, name=""):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(5)
        self.sock.connect(address)
        user = str(os.geteuid()).encode().hex()
        self.sock.sendall(f"\0AUTH EXTERNAL {user}\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\n".encode())
        self.buffer = b""
        while self.buffer.count(b"\r\n") < 2:
            self._receive()
        self.buffer = self.buffer.split(b"\r\n", 2)[2]
        self.serial, self.locks = 10, []
        self.sock.sendall(call(1, BUS))
        if name:
            self._name(name)

    def next(self):
        """The next message, raw."""
        while len(self.buffer) < HEAD or len(self.buffer) < length(self.buffer[:HEAD]):
            self._receive()
        size = length(self.buffer[:HEAD])
        message, self.buffer = self.buffer[:size], self.buffer[size:]
        return message

    def _receive(self):
        data = self.sock.recv(4096)
        assert data, "the bus hung up"
        self.buffer += data

    def _name(self, name):
        """Be this one."""
        fields = [
            (1, b"o", _text(BUS.path)),
            (2, b"s", _text(BUS.interface)),
            (3, b"s", _text("RequestName")),
            (6, b"s", _text(BUS.destination)),
            (8, b"g", b"\2su\0"),
        ]
        body = _text(name)
        self.sock.sendall(_message(1, 2, fields, body + bytes(-len(body) % 4) + bytes(4)))

    def until(self, member):
        """The next message that calls `member`, and who sent it."""
        while True:
            raw = self.next()
            told = read(raw)
            if told.member == member:
                return told.sender, struct.unpack_from("<I", raw, 8)[0]

    def grant(self):
        """Answer one Inhibit with a lock; our end of it."""
        sender, serial = self.until("Inhibit")
        ours, theirs = os.pipe()
        self.serial += 1
        fields = [
            (5, b"u", struct.pack("<I", serial)),
            (6, b"s", _text(sender)),
            (8, b"g", b"\1h\0"),
            (9, b"u", b"\1\0\0\0"),
        ]
        raw = _message(2, self.serial, fields, struct.pack("<I", 0))
        self.sock.sendmsg([raw], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [theirs]))])
        os.close(theirs)
        return ours

    def signal(self, *, sleeps, to=""):
        """Say PrepareForSleep, to all or to one."""
        self.serial += 1
        fields = [
            (1, b"o", _text("/org/freedesktop/login1")),
            (2, b"s", _text("org.freedesktop.login1.Manager")),
            (3, b"s", _text("PrepareForSleep")),
            (8, b"g", b"\1b\0"),
        ]
        if to:
            fields.append((6, b"s", _text(to)))
        self.sock.sendall(_message(4, self.serial, fields, struct.pack("<I", sleeps)))

    def close(self):
        self.sock.close()


def released(lock, seconds=5.0):
    """Whether nobody holds the other end any more; closes ours then."""
    poll = select.poll()
    poll.register(lock, 0)
    found = bool(poll.poll(seconds * 1000))
    if found:
        os.close(lock)
    return found


def _text(text):
    return struct.pack("<I", len(text)) + text.encode() + b"\0"


def _message(kind, serial, fields, body):
    told = b""
    for code, form, value in fields:
        told += bytes(-len(told) % 8) + bytes([code, len(form)]) + form + b"\0" + value
    head = struct.pack("<cBBBIII", b"l", kind, 0, 1, len(body), serial, len(told))
    return head + told + bytes(-len(told) % 8) + body
