import pytest
from tramgac_scan.outside import EXTERNALS, HEAD, filetype, of_file


@pytest.mark.parametrize(
    ("head", "word"),
    [
        (b"MZ\x90\x00", "EXE"),
        (b"\x7fELF\x02\x01", "ELF"),
        (b"#!/bin/sh", "SCRIPT"),
        (b"PK\x03\x04", "ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
        (b"L\x00\x00\x00\x01\x14\x02\x00", "LNK"),
        (b"hello", ""),
        (b"", ""),
    ],
)
def test_first_bytes_tell_the_type(head, word):
    assert filetype(head[:HEAD]) == word


def test_all_externals_have_a_value():
    told = of_file("/home/an/x.tar.gz", "an", b"\x1f\x8b\x08")
    assert tuple(sorted(told)) == tuple(sorted(EXTERNALS))
    assert (told["filename"], told["extension"], told["filetype"], told["owner"]) == ("x.tar.gz", ".gz", "GZIP", "an")


def test_paths_of_windows_have_names_too():
    assert of_file(r"C:\Users\an\x.ps1", "an", b"")["filename"] == "x.ps1"
    assert of_file("/tmp/\udcff", "", b"")["filename"] == "\udcff"
