import subprocess
import sys
from pathlib import Path

import pytest
from tramgac_collector.gateway import heap

PROGRAM = """
import ctypes, sys, threading
from tramgac_collector.gateway import heap
if sys.argv[2] == "shared":
    assert heap.share()
libc = ctypes.CDLL(None)
for name, kinds in (("malloc", [ctypes.c_size_t]), ("fopen", [ctypes.c_char_p] * 2), ("fclose", [ctypes.c_void_p])):
    function = getattr(libc, name)
    function.restype, function.argtypes = ctypes.c_void_p, kinds
all_there = threading.Barrier(4)
def take():
    libc.malloc(1000)
    all_there.wait()
threads = [threading.Thread(target=take) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(file)
"""


@pytest.mark.parametrize(("how", "one"), [("shared", True), ("as usual", False)])
def test_threads_have_one_heap(tmp_path: Path, how: str, one: bool) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", PROGRAM, str(told), how], check=True, timeout=30)
    assert (told.read_text().count("<heap nr=") == 1) is one


def test_another_c_library_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _name: object())
    assert not heap.share()
