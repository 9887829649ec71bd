import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.search.fields import ANYWHERE, BY_ECS, OWN_FIELDS, known, nearest, places
from tramgac_collector.search.tree import Place


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("host", ("host", "")),
        ("process.command_line", ("process.command_line", "")),
        ("winlog.event_data.Image", ("winlog.event_data", "Image")),
        ("TargetUserName", ("winlog.event_data", "TargetUserName")),
        ("EventID", ("event.code", "")),
        ("UtcTime", ("@timestamp", "")),
    ],
)
def test_a_name_of_one_place(name, found):
    assert places(name, 1) == (Place(*found),)
    assert known(name)


def test_a_name_of_sigmas_means_our_field_and_what_windows_writes():
    assert places("CommandLine", 1) == (Place("process.command_line"), Place("winlog.event_data", "CommandLine"))


def test_what_is_no_field_is_said_with_what_is_near():
    with pytest.raises(QueryError, match="character 7") as error:
        places("program.pid", 7)
    assert error.value.params == {
        "refusal": "search_field_near",
        "name": "program.pid",
        "near": "process.parent.pid, process.pid",
        "at": 7,
    }
    assert not known("program.pid")
    with pytest.raises(QueryError, match=r"winlog\.event_data\.NAME:value"):
        places("winlog.event_data", 1)


def test_words_are_looked_for_in_fields_that_there_are():
    assert {place.name for place in ANYWHERE} <= BY_ECS.keys() | {*OWN_FIELDS}


def test_the_name_that_is_most_like_one():
    assert [nearest("user.nme"), nearest("image"), nearest("qqqq")] == ["user.name", "Image", ""]
    assert nearest("LogonTyp", ["LogonType"]) == "LogonType"
    with pytest.raises(QueryError) as raised:
        places("imag", 1)
    assert raised.value.params["near"] == "Image"
