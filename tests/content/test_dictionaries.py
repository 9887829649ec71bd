"""The dictionaries that ship with our rules: small, of use, and free of what is one host's own."""

import pytest
from tramgac_wire.batch import pack
from tramgac_wire.chain import START
from tramgac_wire.dictionary import Dictionary

from tests.bench import wire, wire_events
from tests.tools import windows_events
from tests.tools.dictionaries import FOLDER, SIZES


def dictionary(system):
    return Dictionary((FOLDER / f"{system}.dictionary").read_bytes())


def hosts(system):
    """Events that it was not trained on."""
    if system == "windows":
        return list(windows_events.events(77, 1_000))
    _, later = wire_events.linux()
    return list(wire_events.Linux(7).events(later[::12][:2_000]))


@pytest.mark.parametrize("system", SIZES)
def test_a_batch_of_an_ordinary_host_is_a_tenth_smaller_with_it(system):
    shipped = dictionary(system)
    assert len(shipped.content) <= 32_768
    sizes = {None: 0, shipped: 0}
    for events in wire.runs([hosts(system)], 25):
        for each in sizes:
            sizes[each] += len(pack(1, 2, 1, START, wire.encoded(events), dictionary=each).events)
    assert sizes[shipped] < 0.9 * sizes[None]


def test_what_drove_the_recording_and_what_few_parts_of_it_have_is_not_in_it():
    content = dictionary("linux").content
    assert b"/usr/bin/dash" in content
    assert b"ordinary" not in content
    assert b"may-tram" not in content
