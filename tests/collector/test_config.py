import pytest
from tramgac_collector.config import CollectorConfig, address, load
from tramgac_collector.errors import SettingsError
from tramgac_collector.paths import StatePaths


@pytest.fixture
def paths(tmp_path):
    return StatePaths(tmp_path)


def test_defaults_listen_on_loopback_only(paths):
    config = load(paths)
    assert all(
        address(listen)[0] == "127.0.0.1"
        for listen in (config.session_listen, config.enrol_listen, config.console_listen)
    )
    assert config.url(paths) == paths.database_url


def test_the_environment_goes_before_the_file(paths, monkeypatch):
    paths.config.write_text('advertise = "gac.example"\nretention_days = 30\n')
    monkeypatch.setenv("TRAMGAC_COLLECTOR_RETENTION_DAYS", "40")
    config = load(paths)
    assert (config.advertise, config.retention_days) == ("gac.example", 40)
    assert CollectorConfig().advertise == "127.0.0.1"  # no file's content stays behind


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('unknown = 1\nretention_days = "x"', "(?=.*unknown: )(?=.*retention_days: )"),
        ("retention_days = 0", "greater than or equal to 1"),
        ("not toml", "is no TOML"),
    ],
)
def test_faults_are_said_with_file_and_setting(paths, text, says):
    paths.config.write_text(text)
    with pytest.raises(SettingsError, match=f"(?s)collector.toml.*{says}"):
        load(paths)


def test_addresses():
    assert address("[::1]:80") == ("::1", 80)
    assert address("gac.example:0") == ("gac.example", 0)
    for wrong in ("gac.example", ":80", "a:b", "a:70000"):
        with pytest.raises(SettingsError, match="HOST:PORT"):
            address(wrong)


def test_each_setting_is_described():
    assert all(field.description and field.description.endswith(".") for field in CollectorConfig.model_fields.values())
