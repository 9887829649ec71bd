"""Event log files in their smallest form: one chunk, no templates, texts only (after libevtx's format description)."""

import struct
import zlib

HEADER, CHUNK, FIRST = 4_096, 65_536, 512


class _BinXml:
    """Writes elements; a name stands once in a chunk's record and is referred to by its place."""

    def __init__(self, at):
        self.at, self.out, self.names = at, bytearray(b"\x0f\x01\x01\x00"), {}

    def name(self, text):
        place = self.names.get(text, self.at + len(self.out) + 4)
        self.out += struct.pack("<I", place)
        if text not in self.names:
            self.names[text] = place
            digest = 0
            for char in text:
                digest = (digest * 65_599 + ord(char)) & 0xFFFF_FFFF
            self.out += struct.pack("<IHH", 0, digest & 0xFFFF, len(text)) + text.encode("utf-16le") + b"\x00\x00"

    def text(self, text):
        self.out += b"\x05\x01" + struct.pack("<H", len(text)) + text.encode("utf-16le")

    def sized(self, write):
        place = len(self.out)
        self.out += bytes(4)
        write()
        self.out[place : place + 4] = struct.pack("<I", len(self.out) - place - 4)

    def attributes(self, attributes):
        for left, (name, value) in enumerate(reversed(attributes.items())):
            self.out += b"\x46" if left < len(attributes) - 1 else b"\x06"
            self.name(name)
            self.text(value)

    def element(self, name, attributes, *children):
        def inside():
            self.name(name)
            if attributes:
                self.sized(lambda: self.attributes(attributes))
            self.out += b"\x02"
            for child in children:
                self.text(child) if isinstance(child, str) else self.element(*child)
            self.out += b"\x04"

        self.out += b"\x41" if attributes else b"\x01"
        self.sized(inside)


def event(channel, event_id, record_id, data):
    """An Event element; `data`: texts by name, a list for elements without one."""
    system = (
        "System",
        {},
        ("Provider", {"Name": "Provider"}),
        ("EventID", {"Qualifiers": "0"}, event_id),
        ("EventRecordID", {}, record_id),
        ("Channel", {}, channel),
    )
    named = data.items() if isinstance(data, dict) else [(None, text) for text in data]
    fields = (("Data", {"Name": name} if name else {}, text) for name, text in named)
    return ("Event", {}, system, ("EventData", {}, *fields))


def evtx(*events, chunks=1):
    """The bytes of a file of one chunk, whatever its header says, and the place of each record in it."""
    body, places = bytearray(), []
    for number, root in enumerate(events, 1):
        start = FIRST + len(body)
        places.append(HEADER + start)
        xml = _BinXml(start + 24)
        xml.element(*root)
        size = 24 + len(xml.out) + 1 + 4
        body += struct.pack("<4sIQQ", b"**\x00\x00", size, number, 133_000_000_000_000_000) + xml.out + b"\x00"
        body += struct.pack("<I", size)
    count, end = len(events), FIRST + len(body)
    head = struct.pack("<8sQQQQIII", b"ElfChnk\x00", 1, count, 1, count, 128, places[-1] - HEADER, end)
    head = (head + struct.pack("<I", zlib.crc32(body))).ljust(FIRST, b"\x00")
    file = struct.pack("<8sQQQIHHHH", b"ElfFile\x00", 0, 0, count + 1, 128, 1, 3, HEADER, chunks).ljust(HEADER, b"\x00")
    return bytearray(file + (head + body).ljust(CHUNK, b"\x00")), places
