import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.errors import QueryError
from tramgac_collector.events.terms import Conditions, pattern, read


def conditions(text):
    found = Conditions()
    read(text, found)
    return found


def test_values_are_parameters_and_names_are_columns():
    found = conditions("process.executable:/usr/bin/curl -user.name:root destination.port:443")
    assert found.clauses == [
        "`process_executable` = {p0:String}",
        "NOT (`user_name` = {p1:String})",
        "`destination_port` = {p2:UInt32}",
    ]
    assert found.parameters == {"p0": "/usr/bin/curl", "p1": "root", "p2": 443}


def test_a_number_that_is_known_when_it_is_0_is_one_more_in_its_column():
    found = conditions("user.id:0 process.exit_code:1 tramgac.process.login_uid:1000")
    assert found.clauses == [
        "`user_id` = {p0:UInt32}",
        "`process_exit_code` = {p1:UInt32}",
        "`tramgac_process_login_uid` = {p2:UInt32}",
    ]
    assert found.parameters == {"p0": 1, "p1": 2, "p2": 1001}


def test_0_and_false_are_asked_of_those_that_have_the_field():
    found = conditions("destination.port:0 tramgac.process.fileless:false")
    types = ("{p0:Tuple(UInt32, Array(String))}", "{p1:Tuple(Bool, Array(String))}")
    assert found.clauses == [
        f"(`{name}` = tupleElement({type_}, 1) AND has(tupleElement({type_}, 2), kind))"
        for name, type_ in zip(("destination_port", "tramgac_process_fileless"), types, strict=True)
    ]
    assert found.parameters["p1"] == (False, ["process_start"])


def test_quotes_hold_spaces_and_quotes():
    assert conditions(r'process.command_line:"say \"hi there\""').parameters == {"p0": 'say "hi there"'}


def test_patterns_stand_for_anything_at_stars_only():
    found = conditions("process.command_line:*100%_\\*")
    assert found.clauses == ["`process_command_line` ILIKE {p0:String}"]
    assert found.parameters == {"p0": "%100\\%\\_\\\\%"}
    assert pattern("a") == "a"


def test_forms_are_read_as_they_are_written():
    assert conditions("process.entity_id:00000000000000ff").parameters == {"p0": 255}
    assert conditions("destination.ip:2001:0db8::0001").parameters == {"p0": "2001:db8::1"}
    assert conditions("tramgac.process.fileless:true").parameters == {"p0": True}
    assert conditions("@timestamp:1970-01-01T00:00:01Z").parameters == {"p0": 1_000_000_000}
    assert conditions("host.ip:10.0.0.1").clauses == ["has(`host_ip`, {p0:String})"]
    assert conditions("winlog.event_data.Image:*x*").parameters == {"p0": ("Image", "%x%")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("process.nothing:1", "there is no field"),
        ("process_executable:x", "there is no field"),
        ("command_line:x", "near it: process.command_line"),
        ("destination.port:http", "no value of destination.port"),
        ("destination.ip:example", "no value of destination.ip"),
        ("winlog.event_data:x", "winlog.event_data.NAME:value"),
        ("tramgac.process.fileless:maybe", "no value"),
        ("user.id:-1", "no value of user.id"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(QueryError, match=re.escape(says)):
        conditions(text)


def test_a_fault_is_named_for_another_language():
    with pytest.raises(QueryError) as error:
        conditions("program.pid:7")
    assert error.value.params == {
        "refusal": "search_field_near",
        "name": "program.pid",
        "near": "process.parent.pid, process.pid",
    }
    assert QueryError("text").params == {}


@given(st.text())
def test_no_text_becomes_sql(text):
    try:
        found = conditions(text)
    except QueryError:
        return
    for clause in found.clauses:
        assert (
            re.fullmatch(r"[\w`{}():, =>|.\-]*", clause.replace("winlog_event_data`[", "")) or "tupleElement" in clause
        )
    assert all(
        value not in "".join(found.clauses) or len(str(value)) < 4
        for value in map(str, found.parameters.values())
        if not str(value).isalnum()
    )
