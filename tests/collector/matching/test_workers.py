"""The same in several processes as in one, whatever happens to one of them."""

import json
import os
import random

import pytest
from tramgac_collector.matching import jsonfile, workers
from tramgac_collector.matching.listing import Listing
from tramgac_collector.matching.parts import Part, parts
from tramgac_collector.matching.searching import Search, Setup
from tramgac_collector.matching.words import Unread

from tests.rules.making import compiled, rule


@pytest.fixture
def search():
    done = compiled(rule({"A|contains": "x"}), rule({"A|endswith": "y"}, number=2))
    return Search(Setup(done.pack, done.about, Listing()))


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(workers, "ALONE", 0)


def lines(texts):
    return Part(lines=[json.dumps({"EventID": 1, "Channel": "c", "A": text}).encode() for text in texts])


def made(count):
    chance = random.Random(1)
    return [
        (number, None if number % 7 == 6 else lines(chance.choices(["x", "y", "xy", "z"], k=5)))
        for number in range(count)
    ]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_parts_come_in_their_order_and_are_the_same(search, processes):
    steps = made(40)
    alone = [(tag, None if part is None else search.part(part)) for tag, part in steps]
    assert list(workers.searched(search, steps, processes=processes)) == alone


def test_they_are_searched_elsewhere_after_a_while(search, monkeypatch):
    monkeypatch.setattr(workers, "ALONE", 1_000)
    here = []
    real = search.part
    monkeypatch.setattr(search, "part", lambda part: here.append(os.getpid()) or real(part))
    done = list(workers.searched(search, [(0, lines("x" * 5))] * 40, processes=2))
    assert len(done) == 40
    assert 1 < len(here) < 10


def test_a_part_that_kills_its_process_is_told_and_the_others_are_not_lost(search, monkeypatch):
    real, parent = search.part, os.getpid()

    def part(given):
        if b"deadly" in given.lines[0] and os.getpid() != parent:
            os._exit(9)
        return real(given)

    monkeypatch.setattr(search, "part", part)
    steps = made(30)
    steps[10] = (10, lines(["deadly"]))
    done = dict(workers.searched(search, steps, processes=2))
    assert list(done) == list(range(30))
    assert done[10].faults == ((0, Unread.LOST.both()),)
    assert all(done[tag] == real(part) for tag, part in steps if part is not None and tag != 10)


def test_a_whole_file_that_kills_its_process_loses_only_the_part_that_does(search, monkeypatch, tmp_path):
    monkeypatch.setattr(jsonfile, "_PIECE", 200)
    real, parent, path = search.part, os.getpid(), tmp_path / "x.jsonl"
    texts = [*"xyz", *["z"] * 9, "deadly", *["z"] * 9, *"xyz"]
    path.write_bytes(b"\n".join(lines(texts).lines))

    def part(given):
        if any(b"deadly" in line for line in (given.lines or [path.read_bytes()])) and os.getpid() != parent:
            os._exit(9)
        return real(given)

    monkeypatch.setattr(search, "part", part)
    (whole,) = parts(path)
    steps = [("before", lines("z")), ("file", whole)]
    found = [one for _, one in workers.searched(search, steps, processes=2)]
    assert len(found) > 4
    assert sum(len(one.hits) for one in found) == 4
    assert [one.faults for one in found if one.unreadable] == [((0, Unread.LOST.both()),)]


def test_a_file_that_is_gone_when_it_is_searched_is_told(search, tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text("{}\n")
    (whole,) = parts(path)
    path.unlink()
    ((_, found),) = workers.searched(search, [("file", whole)], processes=1)
    assert isinstance(found.fault, FileNotFoundError)
    assert found.fault.filename == str(path)


def test_what_waits_is_bounded_in_bytes(search, monkeypatch):
    monkeypatch.setattr(workers, "_FLYING", 10_000)
    taken = []

    def steps():
        for number in range(60):
            taken.append(number)
            yield number, lines(["x" * 4_000])

    for tag, _ in workers.searched(search, steps(), processes=2):
        assert taken[-1] - tag <= 5


def test_who_stops_listening_ends_the_processes(search):
    steps = workers.searched(search, made(40), processes=2)
    next(steps)
    next(steps)
    steps.close()
