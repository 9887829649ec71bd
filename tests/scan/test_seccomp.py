import struct

import pytest
from tramgac_scan import seccomp

STEP = struct.Struct("=HBBI")
DATA = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}


def run(code: bytes, architecture: int, number: int) -> int:
    """A classic BPF machine, as small as the filter needs."""
    steps = list(STEP.iter_unpack(code))
    at = accumulator = 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x20:
            accumulator = {0: number, 4: architecture}[value]
        elif operation == 0x15:
            at += yes if accumulator == value else no
        elif operation == 0x35:
            at += yes if accumulator >= value else no
        else:
            return value


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_every_listed_call_is_refused_and_no_other(machine):
    code = seccomp.program(machine)
    refused = set(seccomp._TABLES[machine][1].values())
    for number in range(500):
        verdict = run(code, DATA[machine], number)
        assert verdict == (0x00050001 if number in refused else 0x7FFF0000)


def test_another_architecture_ends_the_process():
    assert run(seccomp.program("x86_64"), 0x40000003, 4) == 0x80000000


def test_x32_numbers_are_refused():
    assert run(seccomp.program("x86_64"), DATA["x86_64"], 0x40000000 | 41) == 0x00050001


def test_unknown_machine_is_a_key_error():
    with pytest.raises(KeyError):
        seccomp.program("m68k")
