import pytest
from google.protobuf import json_format
from tramgac_collector.workshop.sample_faults import SamplesWrong, decoded, of_event, what
from tramgac_proto.event_pb2 import Event


def of(event):
    with pytest.raises(json_format.ParseError) as error:
        json_format.ParseDict(event, Event())
    return of_event(str(error.value))


@pytest.mark.parametrize(("process", "said", "advice"), [
    ({"commandLine": {}}, "process.commandLine is to be a text", ""),
    ({"commandLien": "x"}, "Event.processStart.process has no field 'commandLien'", "Did you mean 'commandLine'?"),
    ({"pid": "x"}, "process.pid is to be a whole number that fits", ""),
    ({"pid": -1}, "process.pid is to be a whole number that fits", ""),
])  # fmt: skip
def test_an_event_is_told_by_its_cause(process, said, advice):
    found = of({"processStart": {"process": process}})
    assert found.said == said
    assert found.said.vi != said
    assert advice in found.advice


def test_kinds_of_events():
    assert of({"processStart": 5}).said == "processStart is to be an object"
    assert of({"processStart": {}, "fileWrite": {}}).said == "an event is of one kind, not of several"
    assert "'networkConnection'" in of({"networkConect": {}}).advice
    assert of_event("never seen").said == "the event cannot be read; protobuf says 'never seen'"


def test_json():
    assert decoded('{"a": 1}') == {"a": 1}
    with pytest.raises(SamplesWrong) as error:
        decoded("{\n 'a'}")
    assert error.value.place == (2, 2)
    with pytest.raises(SamplesWrong, match="its reader says 'Exceeds the limit"):
        decoded("9" * 5_000)


def test_what_a_value_is():
    found = [str(what(value)) for value in (None, True, 5, 1.5, "x", [], {})]
    assert found == ["null", "true or false", "the number 5", "the number 1.5", "a text", "a list", "an object"]
