import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.search.grouping import grouped_by
from tramgac_collector.search.sql import Conditions


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("host", "`host`", "`host` != ''"),
        ("process.executable", "toString(`process_executable`)", "`process_executable` != ''"),
        ("user.id", "toString(`user_id` - 1)", "`user_id` != 0"),
        ("host.ip", "toString(arrayJoin(`host_ip`))", "notEmpty(`host_ip`)"),
        (
            "Image",
            "if(`process_executable` != '', toString(`process_executable`), `winlog_event_data`[{p0:String}])",
            "(`process_executable` != '' OR `winlog_event_data`[{p0:String}] != '')",
        ),
    ],
)
def test_a_field_as_a_text_and_whether_it_is_known(name, value, known):
    assert grouped_by(Conditions(), name) == (value, known)


def test_a_time_is_refused():
    with pytest.raises(QueryError, match="is a time"):
        grouped_by(Conditions(), "@timestamp")
