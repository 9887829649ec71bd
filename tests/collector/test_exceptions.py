from collections import Counter

import pytest
from tramgac_collector.alerts import EventCopy
from tramgac_collector.errors import QueryError
from tramgac_collector.exceptions import ANY, Exceptions, Stated, read, says_nothing

HERE, THERE = "a1" * 16, "b2" * 16
SITES = {HERE: "Hà Nội", THERE: "Huế"}
BACKUP = r'process.executable:"C:\\Tools\\backup.exe" and user.name:svc-backup'


def event(host=HERE, kind="process_start", **fields):
    named = {"process.executable": "C:\\Tools\\backup.exe", "user.name": "svc-backup"}
    return EventCopy(host, 7, 2, 1, kind, 5, 6, named | fields)


def held(exceptions, *events, rule="r", now=10, counts=None):
    return exceptions.holds(rule, events, SITES.get, now, Counter() if counts is None else counts)


def of(*stated):
    return Exceptions.of(stated)


def test_who_meets_it_is_held_back_and_nobody_else():
    exceptions = of(Stated(4, "r", "", BACKUP, 0))
    assert held(exceptions, event()) == 4
    assert held(exceptions, event(**{"user.name": "an"})) == 0
    assert held(exceptions, event(), rule="another") == 0
    assert (exceptions.concern("r"), exceptions.concern("another")) == (True, False)


def test_all_events_of_a_detection_must_meet_one_and_the_same():
    exceptions = of(Stated(1, "r", "", "user.name:an", 0), Stated(2, "r", "", "user.name:b*", 0))
    an, binh, bao = (event(**{"user.name": name}) for name in ("an", "binh", "bao"))
    assert held(exceptions, binh, bao) == 2
    assert held(exceptions, an, binh) == 0
    assert held(exceptions) == 0


def test_every_rule_but_those_of_the_collector_itself():
    exceptions = of(Stated(2, ANY, "", "user.name:svc-backup", 0), Stated(1, "r", "", "user.name:an", 0))
    assert held(exceptions, event()) == held(exceptions, event(), rule="indicator:ip:1.2.3.4") == 2
    assert held(exceptions, event(**{"user.name": "an"})) == 1
    assert held(exceptions, event(), rule="tramgac:sensor-blind") == 0


def test_the_oldest_that_it_meets_counts_it():
    assert held(of(Stated(3, "r", "", BACKUP, 0), Stated(2, ANY, "", BACKUP, 0)), event()) == 2


def test_only_at_its_site():
    exceptions = of(Stated(1, "r", "Huế", "user.name:*", 0))
    assert (held(exceptions, event()), held(exceptions, event(THERE))) == (0, 1)
    assert held(exceptions, event(THERE), event()) == 0


def test_until_its_end():
    exceptions = of(Stated(1, "r", "", BACKUP, 20))
    assert [held(exceptions, event(), now=now) for now in (19, 20, 21)] == [1, 0, 0]


def test_one_that_cannot_be_read_holds_back_nothing_and_is_told():
    exceptions = of(Stated(1, "r", "", "(user.name:x", 0), Stated(2, "r", "", BACKUP, 0))
    assert list(exceptions.faults) == [1]
    assert held(exceptions, event()) == 2


def test_in_doubt_there_is_an_alert():
    counts = Counter()
    exceptions = of(Stated(1, "r", "", "process.pid:>5", 0))
    assert held(exceptions, event(**{"process.pid": "no number"}), counts=counts) == 0
    assert counts == {"exceptions_unsure": 1}


@pytest.mark.parametrize("text", ["", "*", "user.name:*", "not user.name:x", "Image:* or x", "process.pid:>=0 or *"])
def test_what_nearly_everything_meets(text):
    assert says_nothing(read(text))


@pytest.mark.parametrize("text", ["user.name:x", "process.pid:>=1", "kind:process_start", "EventID:1", "* user.name:x"])
def test_what_says_something(text):
    assert not says_nothing(read(text))


def test_what_cannot_be_read():
    with pytest.raises(QueryError) as raised:
        read("user.name:x and")
    assert raised.value.params["refusal"] == "search_missing"
    with pytest.raises(QueryError) as raised:
        read("user.name:x | count by Image")
    assert raised.value.params["refusal"] == "search_counts"
