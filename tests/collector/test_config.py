import pytest
from tramgac_collector.config import CollectorConfig, address, chosen, load, loopback, option
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
        ('unknown = 1\nretention_days = "x"', "(?=.*unknown: there is no such)(?=.*retention_days: must be a whole)"),
        ("retention_days = 0", "retention_days: must be 1 at least"),
        ("certificate_days = 400", "certificate_days: may be 365 at most"),
        ("enrolments_per_second = 0", "enrolments_per_second: must be more than 0"),
        ("retention_days = 1.5", "retention_days: must be a whole number"),
        ('silence_s = "x"', "silence_s: must be a number"),
        ("advertise = 1", "advertise: must be a text in quotes"),
        ("retention_days = nan", "retention_days: "),
        (
            'retention_kinds = ["file_create"]',
            "retention_kinds: 'file_create' is not NAME=NUMBER with a number of 1 to 36500",
        ),
        ('site_levels = ["a=3", "b=6"]', "site_levels: 'b=6' is not NAME=NUMBER with a number of 0 to 5"),
        ('queue = ["nats://q1:4222", "http://127.0.0.1:1"]', "queue: 'http://127.0.0.1:1' is no server of a queue"),
        ('database_url = "postgres://u:secret@db/x"', "database_url: must be postgresql.psycopg://(?!.*secret)"),
        ("not toml", "is no TOML"),
    ],
)
def test_faults_are_said_with_file_and_setting(paths, text, says):
    paths.config.write_text(text)
    with pytest.raises(SettingsError, match=f"(?s)collector.toml.*{says}"):
        load(paths)


def test_faults_are_said_in_both_languages(paths):
    paths.config.write_text('odd = 1\nretention_days = 0\nconsole_listen = "here"\nadvertise = ""\n')
    with pytest.raises(SettingsError) as raised:
        load(paths)
    said = raised.value.what.vi
    assert "odd: không có thiết lập này" in said
    assert "retention_days: phải ít nhất là 1" in said
    assert "console_listen: 'here' không phải HOST:PORT" in said
    assert "advertise: '' không phải tên hay địa chỉ" in said


@pytest.mark.parametrize(
    ("variable", "value", "en", "vi"),
    [
        ("ROLES", "signer,gateway", """must be a JSON list, such as '["signer", "gateway"]'""", "danh sách JSON"),
        ("ROLES", '"signer"', "must be a JSON list, such as", "danh sách JSON"),
        ("QUEUE", "nats://q1:4222", """must be a JSON list, such as '["nats://q1:4222"]'""", "danh sách JSON"),
        ("RETENTION_KINDS", "file_create=30", """JSON list, such as '["file_create=30"]'""", "danh sách JSON"),
        ("ROLES", '["sign"]', "must be one of 'signer', ", "phải là một trong 'signer', "),
        ("JUDGES", "abc", "must be a whole number", "phải là số nguyên"),
        ("JUDGE", "2", "there is no such setting", "không có thiết lập này"),
    ],
)
def test_what_is_wrong_in_the_environment_is_said_of_it_and_not_of_the_file(
    paths, monkeypatch, variable, value, en, vi
):
    paths.config.write_text("judges = 1\n")
    name = f"TRAMGAC_COLLECTOR_{variable}"
    monkeypatch.setenv(name, value)
    for read in (lambda: load(paths), lambda: chosen({"advertise": "gac.example"})):
        with pytest.raises(SettingsError) as raised:
            read()
        what = raised.value.what
        assert f"{name}: " in what.en
        assert en in what.en
        assert f"{name}: " in what.vi
        assert vi in what.vi
        assert "toml" not in what.en + what.vi
    assert load(paths, environment=False).judges == 1


def test_faults_of_the_file_and_of_the_environment_are_told_apart(paths, monkeypatch):
    paths.config.write_text("judges = 0\nodd = 1\n")
    monkeypatch.setenv("TRAMGAC_COLLECTOR_ODD", "1")
    monkeypatch.setenv("TRAMGAC_COLLECTOR_ROLES", "signer")
    with pytest.raises(SettingsError) as raised:
        load(paths)
    assert str(raised.value) == (
        f"{paths.config}: judges: must be 1 at least; odd: there is no such setting. "
        "Correct the file; docs/operating.md names every setting. "
        "In the environment TRAMGAC_COLLECTOR_ODD: there is no such setting; TRAMGAC_COLLECTOR_ROLES: must be a JSON "
        """list, such as '["signer", "gateway"]'. Correct it there; docs/operating.md names every setting."""
    )


def test_addresses():
    assert address("[::1]:80") == ("::1", 80)
    assert address("gac.example:0") == ("gac.example", 0)
    for wrong in ("gac.example", ":80", "a:b", "a:70000"):
        with pytest.raises(SettingsError, match="HOST:PORT"):
            address(wrong)


def test_the_file_alone(paths, monkeypatch):
    paths.config.write_text('advertise = "gac.example"\n')
    monkeypatch.setenv("TRAMGAC_COLLECTOR_ADVERTISE", "elsewhere.example")
    assert load(paths, environment=False).advertise == "gac.example"


def test_options_that_are_wrong_are_all_named_with_an_example(monkeypatch):
    monkeypatch.setenv("TRAMGAC_COLLECTOR_RETENTION_DAYS", "many")
    with pytest.raises(SettingsError) as said:
        chosen({"session_listen": "here", "advertise": "gac.example:8444"})
    text = str(said.value)
    assert "--session-listen: 'here' is no HOST:PORT, such as 127.0.0.1:18444 or" in text
    assert "--advertise: 'gac.example:8444' is no name or address alone" in text
    assert "TRAMGAC_COLLECTOR_RETENTION_DAYS: " in text
    assert option("session_listen") == "--session-listen"


@pytest.mark.parametrize("name", ["", "gac example", "https://gac.example", "gac.example:1", "192.0.2.7:1", "[::1]"])
def test_what_agents_cannot_be_told(name):
    with pytest.raises(SettingsError, match=r"such as gac\.example\.vn"):
        chosen({"advertise": name})


@pytest.mark.parametrize("name", ["gac.example.vn", "192.0.2.7", "2001:db8::7", "localhost"])
def test_what_agents_can_be_told(name):
    assert chosen({"advertise": name}).advertise == name


def test_addresses_in_the_file_are_looked_at_when_it_is_read(paths):
    paths.config.write_text('console_listen = "here"\n')
    with pytest.raises(SettingsError, match=r"collector.toml: console_listen: 'here' is no HOST:PORT"):
        load(paths)


def test_a_file_that_may_not_be_read(paths, monkeypatch):
    def refuse(*_args, **_keys):
        raise PermissionError(13, "Permission denied")

    paths.config.touch()
    monkeypatch.setattr(type(paths.config), "open", refuse)
    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        load(paths)


def test_loopback():
    assert loopback("127.0.0.1:1")
    assert loopback("[::1]:1")
    assert loopback("localhost:1")
    for listen in ("0.0.0.0:1", "[::]:1", "gac.example:1", "192.0.2.7:1"):
        assert not loopback(listen)


def test_each_setting_is_described():
    assert all(field.description and field.description.endswith(".") for field in CollectorConfig.model_fields.values())
