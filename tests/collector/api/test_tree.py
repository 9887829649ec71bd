from tramgac_collector.api.tree import ancestry, nodes, subject


def event(entity="2", parent="1", **more):
    fields = {"process.entity_id": entity, "process.parent.entity_id": parent, "host.boot.id": "b"} | more
    return {"id": {"host": "h"}, "time": "T", "fields": {name: value for name, value in fields.items() if value}}


def stored(entity, parent, time, executable="/x"):
    return {
        "process.entity_id": entity,
        "process.parent.entity_id": parent,
        "time": time,
        "process.executable": executable,
    }


def test_the_subject_is_the_first_event_with_a_process():
    assert subject([event(entity=""), event()]) == ("h", "b", "2", "1")
    assert subject([event(parent="")]) == ("h", "b", "2", "")
    assert subject([event(entity="")]) is None
    assert subject([]) is None


def test_an_event_alone_gives_its_process_and_parent():
    told = ancestry([event(**{"process.parent.executable": "/bin/bash", "process.pid": 7})])
    assert [(node["entity_id"], node["alert"], node["executable"]) for node in told] == [
        ("1", False, "/bin/bash"),
        ("2", True, ""),
    ]
    assert told[1]["pid"] == 7
    assert ancestry([event(entity="")]) == []
    assert [node["entity_id"] for node in ancestry([event(parent="")])] == ["2"]


def test_stored_processes_are_marked_and_another_image_is_the_same_process():
    found = [stored("1", "0", "T1"), stored("2", "1", "T2", "/bin/sh"), stored("2", "1", "T3", "/usr/bin/curl")]
    told = {node["entity_id"]: node for node in nodes(found, [event()])}
    assert list(told) == ["1", "2"]
    assert (told["2"]["executable"], told["2"]["time"], told["2"]["alert"]) == ("/usr/bin/curl", "T2", True)
    assert not told["1"]["alert"]


def test_what_the_store_does_not_hold_is_told_by_the_event():
    told = nodes([stored("2", "1", "T2")], [event()])
    assert [node["entity_id"] for node in told] == ["1", "2"]
    assert [node["entity_id"] for node in nodes([], [event()])] == ["1", "2"]


def test_a_parent_that_only_the_start_names_is_told():
    """An alert of a file: its event has the process alone, the stored start knows whose child that is."""
    start = stored("2", "1", "T2", "/usr/bin/cp") | {
        "process.parent.executable": "/usr/bin/bash",
        "process.parent.pid": 7,
    }
    told = nodes([start], [event(parent="", **{"process.executable": "/usr/bin/cp"})])
    assert [(node["entity_id"], node["executable"], node["pid"], node["parent"]) for node in told] == [
        ("1", "/usr/bin/bash", 7, None),
        ("2", "/usr/bin/cp", 0, "1"),
    ]
    assert [node["alert"] for node in told] == [False, True]


def test_what_the_alert_says_itself_of_a_process_goes_before_what_its_children_say():
    child = stored("3", "2", "T3") | {"process.parent.executable": "/old"}
    told = {node["entity_id"]: node for node in nodes([child], [event(**{"process.executable": "/new"})])}
    assert (told["2"]["executable"], told["2"]["parent"], told["2"]["alert"]) == ("/new", "1", True)
