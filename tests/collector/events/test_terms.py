import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.errors import QueryError
from tramgac_collector.events.terms import Conditions, read


def conditions(text):
    found = Conditions()
    read(text, found)
    return found


def test_a_search_becomes_conditions():
    found = conditions('user.name:root process.command_line:"say \\"hi there\\""')
    assert found.clauses == ["`user_name` = {p0:String}", "`process_command_line` = {p1:String}"]
    assert found.parameters == {"p0": "root", "p1": 'say "hi there"'}


def test_what_counts_gives_no_events():
    with pytest.raises(QueryError, match="tramgac hunt") as error:
        conditions("a | count by process.executable")
    assert error.value.params == {"refusal": "search_counts"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("process.nothing:1", "there is no field"),
        ("process_executable:x", "there is no field"),
        ("command_line:x", "near it: process.command_line"),
        ("destination.port:http", "no value of destination.port"),
        ("winlog.event_data:x", "winlog.event_data.NAME:value"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(QueryError, match=re.escape(says)):
        conditions(text)


_SQL = re.compile(r"(?:[\w `{}():,=>!.\[\]-]|'\^-\?\[0-9\]\{1,18\}\$')*")


@given(st.text() | st.text("abAB:()|\"\\*?-<>=[]/.';` user.name TO").map("user.name:{}".format))
def test_no_text_becomes_sql(text):
    try:
        found = conditions(text)
    except QueryError:
        return
    assert _SQL.fullmatch(found.where)
    kept = [str(value) for value in found.parameters.values() if isinstance(value, str)]
    assert all(value not in found.where for value in kept if len(value) > 3 and not value.isalnum())
