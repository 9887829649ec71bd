"""What a YARA rule may ask about a file beside its content: the externals' values.

`filetype` is one word for what the first bytes say, after the usage of public rules: EXE, ELF, MACH-O, SCRIPT, ZIP,
GZIP, PDF, OLE, RTF, CLASS, LNK, CAB, 7Z, RAR; empty for anything else.
"""

import os

# The externals that a rule may use; a rule that uses one depends on the path and runs at the edge.
EXTERNALS = ("filename", "filepath", "extension", "filetype", "owner")

HEAD = 8
"""So many first bytes tell the type."""
_TYPES = (
    (b"MZ", "EXE"),
    (b"\x7fELF", "ELF"),
    (b"#!", "SCRIPT"),
    (b"PK\x03\x04", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"{\\rt", "RTF"),
    (b"\xca\xfe\xba\xbe", "CLASS"),
    (b"\xcf\xfa\xed\xfe", "MACH-O"),
    (b"\xce\xfa\xed\xfe", "MACH-O"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "LNK"),
    (b"MSCF", "CAB"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"Rar!", "RAR"),
)


def filetype(head: bytes) -> str:
    """Return the word for a file that begins so, empty for none of the table."""
    return next((word for magic, word in _TYPES if head.startswith(magic)), "")


def of_file(path: str, owner: str, head: bytes) -> dict[str, str]:
    """Return the externals of a file by its path (any text), its owner's name and its first bytes."""
    name = os.path.basename(path.replace("\\", "/"))  # noqa: PTH119 - a text that may hold anything, of either system
    extension = os.path.splitext(name)[1]  # noqa: PTH122 - as above
    return {"filepath": path, "filename": name, "extension": extension, "filetype": filetype(head), "owner": owner}
