import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tramgac_collector import database
from tramgac_collector.export import places
from tramgac_collector.export.aside import Aside
from tramgac_collector.export.errors import Away, Elsewhere, Refused
from tramgac_collector.export.places import Gap, Place
from tramgac_collector.export.pump import QUIET_NS, Pump
from tramgac_collector.export.records import EVENT, Record
from tramgac_collector.export.sources.base import Taken
from tramgac_collector.pairs import Both

from tests.collector.control_store import opened

AWAY = Away(Both("away", "vắng"))


class Numbers:
    """A source of the numbers below `end`, some at once; it begins at 0."""

    def __init__(self, end, most=3, wanted=lambda _: True):
        self.end, self.most, self.wanted, self.gaps = end, most, wanted, []

    def begin(self):
        return Place("ab")

    def behind(self, place):
        return self.end - place.position

    def take(self, place):
        last = min(place.position + self.most, self.end)
        numbers = [number for number in range(place.position, last) if self.wanted(number)]
        records = [Record(EVENT, f"n/{number}", number, {"n": number}) for number in numbers]
        gaps, self.gaps = self.gaps, []
        return Taken(Place("ab", last, time=last), records, gaps, more=last < self.end)


class Box:
    """A destination that keeps what it takes, and fails as it is told: at its n-th send."""

    records = 2

    def __init__(self, fails=(), bad=()):
        self.got, self.fails, self.bad, self.sends, self.closed, self.settles = [], dict(fails), set(bad), 0, 0, None

    def send(self, lines, _known):
        self.sends += 1
        if self.sends in self.fails:
            raise self.fails[self.sends]
        bad = tuple(at for at, line in enumerate(lines) if int(line.data) in self.bad)
        if bad and self.fails.get("which"):  # as one that says what became of each
            self.got += [int(line.data) for at, line in enumerate(lines) if at not in bad]
            raise Refused(Both("odd", "lạ"), bad)
        if bad:
            raise Refused(Both("odd", "lạ"))
        self.got += [int(line.data) for line in lines]
        return {"last": self.got[-1]}

    def settled(self, known, *, over=False):
        self.over = over
        return known if self.settles is None else self.settles

    def close(self):
        self.closed += 1


@pytest.fixture
def make(store, tmp_path, now):
    def made(source, box, encode=lambda record: str(record.row["n"]).encode(), clock=None):
        return Pump("t", "events", store, source, box, encode, Aside(tmp_path / "t"), clock or (lambda: now))

    return made


def standing(store):
    with database.reading(store) as s:
        return places.read(s, "t")


def run(pump):
    while pump.step():
        pass


def test_all_is_told_in_order_and_the_place_is_written_down(store, make):
    pump = make(Numbers(7), box := Box())
    run(pump)
    assert box.got == list(range(7))
    found = standing(store)
    assert (found.place.position, found.sent, found.known) == (7, 7, {"last": 6})
    assert pump.counts["sent"] == 7
    assert not pump.step()


def test_what_a_destination_did_not_take_is_brought_again(store, make):
    pump = make(Numbers(6), box := Box({2: AWAY}))
    with pytest.raises(Away):
        run(pump)
    assert (standing(store).place.position, box.closed) == (0, 1)
    run(pump)
    assert box.got == [0, 1, 0, 1, 2, 3, 4, 5]
    assert standing(store).sent == 6


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, 9),
    st.integers(1, 5),
    st.sets(st.integers(1, 9), max_size=3),
    st.sets(st.integers(0, 8)),
    st.booleans(),
)
def test_whatever_fails_none_is_missing_and_all_repeat_from_where_it_stopped(
    tmp_path_factory, sqlite_template, end, most, fails, bad, which
):
    folder = tmp_path_factory.mktemp("pump")
    (folder / "c.db").write_bytes(sqlite_template.read_bytes())
    engine = opened(f"sqlite:///{folder / 'c.db'}")
    box = Box(dict.fromkeys(fails, AWAY) | {"which": which}, bad)
    kept = Aside(folder / "t")
    for _ in range(30):  # each time a new program
        pump = Pump("t", "events", engine, Numbers(end, most), box, lambda r: str(r.row["n"]).encode(), kept)
        try:
            run(pump)
            break
        except Away:
            continue
    with database.reading(engine) as s:
        found = places.read(s, "t")
    engine.dispose()
    expected = [number for number in range(end) if number not in bad]
    assert sorted(set(box.got)) == expected
    first_times = list(dict.fromkeys(box.got))
    assert first_times == expected
    assert (found.place.position, found.sent, found.refused) == (end, len(expected), end - len(expected))
    for before, after in zip(box.got, box.got[1:], strict=False):
        assert after > before or before - after < most  # what is repeated is of one step


def test_what_is_refused_is_kept_aside_and_the_rest_goes_on(store, make, tmp_path):
    pump = make(Numbers(6), box := Box(bad={1, 4}))
    run(pump)
    assert box.got == [0, 2, 3, 5]
    assert (standing(store).sent, standing(store).refused, pump.counts["refused"]) == (4, 2, 2)
    assert {file.read_bytes().splitlines()[0] for file in (tmp_path / "t").iterdir()} == {b"record n/1", b"record n/4"}


def test_a_record_that_has_no_words_is_kept_aside(store, make):
    def encode(record):
        if record.row["n"] == 1:
            raise ValueError("no words")
        return str(record.row["n"]).encode()

    run(make(Numbers(3), box := Box(), encode))
    assert box.got == [0, 2]
    assert standing(store).refused == 1


def test_a_gap_is_written_down(store, make):
    source = Numbers(2)
    source.gaps = [Gap(5, 9, "log_trimmed")]
    pump = make(source, Box())
    run(pump)
    with database.reading(store) as s:
        assert [(gap.first, gap.next) for gap in places.gaps(s, "t")] == [(5, 9)]
    assert pump.counts["gaps"] == 1


def test_a_place_that_moves_with_nothing_told_is_written_down_now_and_then(store, make, now):
    clock = [now]
    source = Numbers(3, wanted=lambda _: False)
    pump = make(source, Box(), clock=lambda: clock[0])
    run(pump)
    assert (standing(store).place.position, pump.place.position) == (0, 3)
    clock[0] += QUIET_NS
    pump.step()
    assert standing(store).place.position == 3


def test_what_a_destination_does_afterwards_is_written_down(store, make):
    pump = make(Numbers(1), box := Box())
    box.settles = {"number": 4}
    run(pump)
    assert standing(store).known == {"number": 4}


def test_who_ends_for_long_is_behind_nothing_it_does_not_want_and_finishes_what_is_open(store, make):
    pump = make(Numbers(3, wanted=lambda _: False), box := Box())
    pump.finish()  # before it began
    assert standing(store) is None
    run(pump)
    assert (standing(store).place.position, box.over) == (0, False)
    box.settles = {"number": 4}
    pump.finish()
    assert (standing(store).place.position, standing(store).known, box.over) == (3, {"number": 4}, True)


def test_two_exporters_do_not_move_one_target(store, make):
    first, second = make(Numbers(9), Box()), make(Numbers(9), Box())
    first.begin()
    second.step()
    with pytest.raises(Elsewhere):
        first.step()
    first.step()
    assert standing(store).place.position == 6
