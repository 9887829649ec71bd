import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.engine.statement import StatementError, identifier, quote, read, without_format


def test_sql_is_in_the_address_and_data_in_the_body():
    found = read({"query": "INSERT INTO t (a) FORMAT Arrow"}, b"DATA")
    assert (found.data, found.data_format) == (b"DATA", "Arrow")
    assert without_format(found.text) == "INSERT INTO t (a)"


def test_sql_and_data_are_both_in_the_body():
    found = read({}, b"INSERT INTO t FORMAT TSV\n1\t2\n")
    assert (found.text, found.data, found.data_format) == ("INSERT INTO t FORMAT TSV", b"1\t2\n", "TSV")


def test_values_are_not_data():
    found = read({}, b"INSERT INTO t VALUES (1)")
    assert (found.data, found.data_format) == (b"", "")


@pytest.mark.parametrize(
    ("request_", "output"),
    [
        ({"query": "SELECT 1 FORMAT Native"}, "Native"),
        ({"query": "SELECT 1", "default_format": "JSON"}, "JSON"),
        ({"query": "SELECT 1"}, "TabSeparated"),
    ],
)
def test_the_answers_format(request_, output):
    assert read(request_, b"").output == output


def test_settings_parameters_and_transport_are_told_apart():
    found = read(
        {"query": "SELECT {a:String}", "param_a": "x", "readonly": "1", "session_id": "s", "database": "d"}, b""
    )
    assert found.parameters == {"a": "x"}
    assert found.settings == {"readonly": "1"}
    assert found.database == "d"


def test_a_setting_that_is_no_name_is_refused():
    with pytest.raises(StatementError, match="Code: 115"):
        read({"query": "SELECT 1", "a = 1, readonly": "0"}, b"")
    with pytest.raises(StatementError, match="Code: 81"):
        identifier("a`; DROP")
    assert identifier("good_1") == "`good_1`"


@given(st.text())
def test_a_quoted_text_ends_where_it_should(text):
    inside = quote(text)[1:-1]
    assert inside.replace("\\\\", "").replace("\\'", "").count("'") == 0
    assert inside.replace("\\'", "'").replace("\\\\", "\\") == text or "\\" in text
