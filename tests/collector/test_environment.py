import pytest
from tramgac_collector.config import CollectorConfig
from tramgac_collector.environment import formed, strays, variables
from tramgac_collector.troubles import Trouble

FIELDS = CollectorConfig.model_fields
PLAIN = (str, int, float)


def test_variables_are_ours_by_their_beginning_in_either_case(monkeypatch):
    monkeypatch.setenv("TRAMGAC_COLLECTOR_JUDGES", "2")
    monkeypatch.setenv("tramgac_collector_roles", "[]")
    monkeypatch.setenv("TRAMGAC_STATE", "/x")
    assert variables() == {"judges": "TRAMGAC_COLLECTOR_JUDGES", "roles": "tramgac_collector_roles"}


def test_a_variable_that_no_setting_reads_is_told():
    given = {"judge": "TRAMGAC_COLLECTOR_JUDGE", "judges": "TRAMGAC_COLLECTOR_JUDGES"}
    assert strays(given, FIELDS) == [("TRAMGAC_COLLECTOR_JUDGE", Trouble.NO_SETTING.both())]


def test_every_list_shows_how_it_is_written_in_the_environment():
    lists = [name for name, field in FIELDS.items() if field.annotation not in PLAIN]
    assert lists == ["roles", "queue", "retention_kinds", "site_levels"]
    for name in lists:
        said = formed(Trouble.NO_LIST.both(), FIELDS[name])
        assert said.en.startswith("must be a JSON list, such as '[\""), name
        assert said.vi.startswith("phải là danh sách JSON, ví dụ '[\""), name


def test_the_form_that_is_shown_is_taken(monkeypatch):
    for name, field in FIELDS.items():
        if field.examples:
            said = formed(Trouble.NO_LIST.both(), field).en
            monkeypatch.setenv(f"TRAMGAC_COLLECTOR_{name.upper()}", said.partition("'")[2].removesuffix("'"))
            assert list(getattr(CollectorConfig(), name)) == field.examples


@pytest.mark.parametrize("setting", ["judges", "queue"])
def test_what_is_wrong_otherwise_is_said_as_it_is(setting):
    assert formed(Trouble.NO_WHOLE.both(), FIELDS[setting]) == Trouble.NO_WHOLE.both()
