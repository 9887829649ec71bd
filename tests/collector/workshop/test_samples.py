import pytest
from tramgac_collector.workshop import samples
from tramgac_collector.workshop.samples import SamplesWrong

from tests.collector.workshop.conftest import GOOD, start


def read(folder, given):
    return samples.read(folder.rule(samples=given))


def test_samples_stand_beside_the_rule(folder):
    path = folder.rule()
    assert samples.beside(path).name == "rule1.samples.json"
    assert samples.read(path) == []


def test_what_fires_and_near_misses(folder):
    fires, near, whole = read(folder, GOOD)
    assert (fires.fires, fires.number, near.fires, near.because, whole.number) == (True, 1, False, "cron's", 2)
    ((_, event),) = near.events
    assert event["processStart"]["parent"]["executable"] == "/usr/sbin/cron"
    assert fires.events[0][1]["processStart"]["parent"]["executable"] == "/bin/login", "the first is not changed"


def test_sequences_have_times_and_vary(folder):
    step = {"at": 5, "times": 3, "every": 10, "event": start("x"), "vary": {"processStart.process.user": "u{n}"}}
    fires, fewer = read(folder, {"fires": [[step]], "near_misses": [{"because": "fewer", "step": 0, "times": 2}]})
    assert [second for second, _ in fires.events] == [5, 15, 25]
    assert [event["processStart"]["process"]["user"] for _, event in fires.events] == ["u0", "u1", "u2"]
    assert len(fewer.events) == 2


def test_content_of_yara_samples():
    assert samples.content({"text": "ấ"}) == "ấ".encode()
    assert samples.content({"base64": "AAE="}) == b"\x00\x01"


@pytest.mark.parametrize(
    "given",
    [
        [],
        {"fires": 7},
        {"fires": ["text"]},
        {"near_misses": []},
        {"fires": [start("x")], "near_misses": [{"field": "fileWrite.path", "value": "x"}]},
        {"fires": [start("x")], "near_misses": [{"because": "nothing"}]},
        {"fires": [[{"at": 0, "times": 1_000_000, "event": start("x")}]]},
        {"fires": [[{"at": 0}]]},
    ],
)
def test_what_is_no_samples_is_told(folder, given):
    with pytest.raises(SamplesWrong, match="cannot be used"):
        read(folder, given)
