import pytest
from tramgac_collector.workshop import samples
from tramgac_collector.workshop.sample_faults import SamplesWrong

from tests.collector.workshop.conftest import GOOD, start


def read(folder, given):
    found = samples.read(folder.rule(samples=given))
    assert not found.problems
    return found.samples


def test_samples_stand_beside_the_rule(folder):
    path = folder.rule()
    assert samples.beside(path).name == "rule1.samples.json"
    assert samples.read(path) is None


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
    for odd in ({}, {"text": 5}, {"base64": {}}, {"base64": "?"}):
        with pytest.raises(SamplesWrong, match="base64"):
            samples.content(odd)


def told(folder, text):
    path = folder.rule()
    samples.beside(path).write_text(text, "utf-8")
    given = samples.read(path)
    return [(problem.line, problem.column, problem.message) for problem in given.problems]


@pytest.mark.parametrize(("text", "place", "said"), [
    ("", (1, 1), "a value is expected here"),
    ('{"fires": [{"a": 1} {"b": 1}]}', (1, 21), "a comma is missing before this"),
    ('{"fires": [],\n}', (2, 1), "a key in double quotes is expected here"),
    ('{"fires": []} x', (1, 15), "something stands after the end"),
    ('{"fires": ["x', (1, 12), "a text is never closed"),
    ('{"fires": ["\\x"]}', (1, 13), "there is no such escape"),
    ("[" * 100_000, (1, 1), "it is nested too deeply"),
    ("[]", (1, 1), "samples are an object, not a list"),
    ('{"fires": 7}', (1, 1), "`fires` is a list of samples, not the number 7"),
    ('{"fires": [], "near_miss": []}', (1, 1), "nothing reads the key 'near_miss'"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_at_its_place(folder, text, place, said):
    assert told(folder, text) == [(*place, said)]


def test_a_file_in_another_encoding_is_told(folder):
    path = folder.rule()
    samples.beside(path).write_bytes(b'{\n"fires": [\xff]}')
    (problem,) = samples.read(path).problems
    assert (problem.line, problem.column, problem.message) == (2, 11, "not UTF-8")


def test_samples_that_show_nothing_are_told(folder):
    said = (1, 1, "no sample is to fire: nothing shows that the rule works")
    assert told(folder, '{"fires": [], "near_misses": []}') == [said]
    assert told(folder, '{"near_misses": []}') == [said]


def test_each_wrong_sample_is_told_where_it_stands_and_the_others_are_there(folder):
    path = folder.rule()
    text = '{"near_misses": [\n  {"because": "x"},\n  {"event": 7}, {"event": {}}],\n "fires": [{},\n    "x"\n, {}]}'
    samples.beside(path).write_text(text)
    given = samples.read(path)
    assert [(problem.line, problem.column, problem.message) for problem in given.problems] == [
        (5, 5, "a sample is an object or a list of steps, not a text"),
        (2, 3, "the near miss changes nothing"),
        (3, 3, "a sample is an object or a list of steps, not the number 7"),
    ]
    assert [(one.fires, one.number, one.place) for one in given.samples] == [
        (True, 1, (4, 12)), (True, 3, (6, 3)), (False, 3, (3, 17)),
    ]  # fmt: skip
    assert all(problem.advice and problem.message.vi != problem.message for problem in given.problems)
