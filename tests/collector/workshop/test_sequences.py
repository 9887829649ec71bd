import pytest
from tramgac_collector.workshop.sample_faults import SamplesWrong
from tramgac_collector.workshop.sequences import events_of, missed, steps_of

from tests.collector.workshop.conftest import start


@pytest.mark.parametrize(("given", "said"), [
    (7, "not the number 7"),
    ([], "no steps"),
    (["x"], "step 0 has no `event`"),
    ([{"at": 0, "event": {}}, {"at": 0}], "step 1 has no `event`"),
    ([{"event": {}, "tmies": 2}], "nothing reads the key 'tmies'"),
    ([{"event": {}, "times": 1_000_000}], "`times` is a number from 0 to 100000, not the number 1000000"),
    ([{"event": {}, "times": 1.5}], "`times` is a number"),
    ([{"event": {}, "times": 60_000}] * 2, "more than 100000 events"),
    ([{"event": {}, "at": "now"}], "`at` is a number from -316224000 to 316224000, not a text"),
    ([{"event": {}, "every": float("inf")}], "`every` is a number"),
    ([{"event": {}, "vary": ["x"]}], "`vary` gives texts to fields, and a list is none"),
    ([{"event": {}, "vary": {"a.b": 5}}], "the number 5 is none"),
    ([{"event": {}, "vary": {"a.b": "{x}"}}], "'{x}' is none"),
    ([{"event": {"a": 5}, "vary": {"a.b": "u{n}"}}], "'a.b' leads through what is no object"),
])  # fmt: skip
def test_what_is_no_sample_is_told(given, said):
    with pytest.raises(SamplesWrong) as error:
        list(events_of(steps_of(given)))
    assert said in str(error.value)
    assert error.value.advice


def test_a_step_may_come_before_the_others():
    assert [second for second, _ in events_of(steps_of([{"at": -20, "event": {}}, {"event": {}}]))] == [-20, 0]


@pytest.mark.parametrize(("miss", "said", "advice"), [
    ([], "a near miss is an object, not a list", "`field`"),
    ({"because": "x"}, "changes nothing", "`field`"),
    ({"field": "processStart.process.user"}, "changes nothing", "`value`"),
    ({"field": "fileWrite.path", "value": "x"}, "fires has 'fileWrite.path'", "There are: processStart."),
    ({"field": "procesStart.x", "value": "x"}, "no sample that fires has", "Did you mean 'processStart'?"),
    ({"step": 1, "times": 2}, "no sample that fires has a step 1", "from 0"),
    ({"step": "x", "times": 2}, "no sample that fires has a step x", "from 0"),
    ({"fields": "x", "value": 1}, "nothing reads the key 'fields'", "Did you mean 'field'?"),
])  # fmt: skip
def test_what_is_no_near_miss_is_told(miss, said, advice):
    with pytest.raises(SamplesWrong) as error:
        missed([steps_of(start("x"))], miss)
    assert said in str(error.value)
    assert advice in error.value.advice
