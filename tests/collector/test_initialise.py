import os
import re
import subprocess
import tomllib

import pytest
from alembic import command
from cryptography import x509
from tramgac_collector import database, initialise
from tramgac_collector.config import CollectorConfig, chosen, load
from tramgac_collector.errors import NotInitialised, SettingsError, StateError
from tramgac_collector.migrations import run as migrating
from tramgac_collector.paths import StatePaths
from tramgac_collector.schema import CursorRow

from tests.collector.station import settings

OPEN = {"session_listen": "0.0.0.0:8444", "enrol_listen": "[::]:8443"}


@pytest.fixture
def paths(tmp_path):
    return StatePaths(tmp_path / "state")


def ask(paths, **given):
    """As the command line does."""
    return initialise.initialise(paths, chosen(given), given)


def names(paths):
    certificate = x509.load_pem_x509_certificate(paths.server_certificate.read_bytes())
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in found}


def test_a_collector_is_made_once(paths):
    with pytest.raises(NotInitialised, match=f"no state directory {paths.root}: run .*collector init"):
        initialise.require(paths)
    assert initialise.initialise(paths, settings(advertise="gac.example"))
    initialise.require(paths)
    kept = {file: file.read_bytes() for file in (paths.ca_key, paths.server_key, paths.log_id, paths.config)}
    assert not initialise.initialise(paths, settings())
    assert {file: file.read_bytes() for file in kept} == kept
    assert paths.ca_key.stat().st_mode & 0o777 == 0o600
    assert paths.control_database.exists()


def test_what_is_asked_for_and_stands_already_is_nothing_to_do(paths):
    assert ask(paths, advertise="gac.example", **OPEN)
    assert not ask(paths, advertise="gac.example")
    assert not ask(paths)


def test_other_settings_are_not_passed_over_in_silence(paths):
    ask(paths, advertise="gac.example")
    kept = paths.config.read_bytes(), paths.server_certificate.read_bytes()
    with pytest.raises(SettingsError) as said:
        ask(paths, advertise="gac2.example", console_listen="127.0.0.1:1", enrol_listen="127.0.0.1:18443")
    text = str(said.value)
    assert "--advertise is gac.example there, gac2.example was asked for" in text
    assert "--console-listen is 127.0.0.1:18080 there, 127.0.0.1:1 was asked for" in text
    assert "--enrol-listen" not in text
    vietnamese = said.value.what.vi
    assert "--advertise ở đó là gac.example, yêu cầu là gac2.example; --console-listen ở đó" in vietnamese
    assert f"hãy xóa {paths.server_certificate}" in vietnamese
    assert f"edit {paths.config}" in text
    assert f"remove {paths.server_certificate}" in text
    with pytest.raises(SettingsError) as said:
        ask(paths, console_listen="127.0.0.1:1")
    assert "certificate" not in str(said.value)
    assert (paths.config.read_bytes(), paths.server_certificate.read_bytes()) == kept


def test_the_environment_is_nothing_that_stands(paths, monkeypatch):
    ask(paths, advertise="gac.example")
    monkeypatch.setenv("TRAMGAC_COLLECTOR_ADVERTISE", "elsewhere.example")
    assert not ask(paths)
    assert not ask(paths, advertise="gac.example")


def test_another_name_is_reached_as_the_refusal_says(paths):
    ask(paths, advertise="gac.example")
    authority = paths.ca_certificate.read_bytes()
    paths.config.write_text(paths.config.read_text().replace("gac.example", "gac2.example"))
    paths.server_certificate.unlink()
    assert ask(paths)
    assert "gac2.example" in names(paths)
    assert paths.ca_certificate.read_bytes() == authority


def test_open_to_others_without_a_name_for_them(paths):
    with pytest.raises(SettingsError) as said:
        ask(paths, **OPEN)
    assert str(said.value).startswith("--session-listen 0.0.0.0:8444 and --enrol-listen [::]:8443: ")
    assert "agents would be told to come to 127.0.0.1" in str(said.value)
    assert "--advertise gac.example.vn" in str(said.value)
    assert said.value.what.vi.startswith("--session-listen 0.0.0.0:8444 và --enrol-listen [::]:8443: máy khác")
    assert not paths.root.exists()
    assert ask(paths, advertise="127.0.0.1", **OPEN), "said in so many words it is meant"


def test_settings_that_were_there_first_are_used(paths):
    paths.root.mkdir()
    paths.config.write_text('advertise = "gac.example"\nsession_listen = "192.0.2.7:8444"\n')
    assert ask(paths)
    assert {"gac.example", "192.0.2.7"} <= names(paths)
    assert paths.config.read_text().startswith("advertise")


@pytest.mark.parametrize("inside", [(), (".bashrc", "lost+found", "author")], ids=["empty", "nothing foreign"])
def test_a_folder_that_is_there_becomes_readable_for_its_owner_alone(paths, inside):
    paths.root.mkdir(mode=0o755)
    for name in inside:
        (paths.root / name).touch()
    assert ask(paths)
    assert paths.root.stat().st_mode & 0o777 == 0o700
    paths.root.chmod(0o755)
    assert not ask(paths)
    assert paths.root.stat().st_mode & 0o777 == 0o700


def test_a_folder_of_other_things_is_left_as_it_is(paths):
    paths.root.mkdir(mode=0o755)
    for name in ("letters", "photos", "tax", "zoo"):
        (paths.root / name).mkdir()
    with pytest.raises(StateError, match=r"holds something else \(letters, photos, tax and 1 more\)"):
        ask(paths)
    assert paths.root.stat().st_mode & 0o777 == 0o755
    assert len(list(paths.root.iterdir())) == 4


@pytest.mark.root
def test_a_folder_of_another_user_is_left_as_it_is(paths):
    paths.root.mkdir(mode=0o755)
    os.chown(paths.root, 65_534, -1)
    with pytest.raises(StateError, match="tramgac collector init --state"):
        ask(paths)
    assert list(paths.root.iterdir()) == []


def test_the_settings_file_says_what_was_chosen(paths):
    wanted = settings(advertise='a"b\\c', retention_days=7)
    initialise.initialise(paths, wanted)
    assert load(paths).model_dump() == wanted.model_dump()
    assert "# certificate_days = 14" in paths.config.read_text()


def test_an_interrupted_run_is_finished(paths):
    paths.make()
    paths.ca_key.write_text("half a key")
    initialise.initialise(paths, settings())
    initialise.require(paths)


def test_the_file_of_settings_explains_itself_and_means_what_it_shows(paths):
    ask(paths, advertise="gac.example")
    text = paths.config.read_text("utf-8")
    assert "TRAMGAC_COLLECTOR_" in text.partition("\n\n")[0]
    assert '\nadvertise = "gac.example"\n' in text
    assert "\n# minimum_free_bytes = 268435456  # 256 MiB\n" in text
    shown = re.sub("(?m)^# ([a-z_]+ = )", r"\1", text)  # every default set
    assert set(tomllib.loads(shown)) == set(CollectorConfig.model_fields)
    paths.config.write_text(shown, "utf-8")
    assert load(paths).model_dump() == CollectorConfig(advertise="gac.example").model_dump()


@pytest.mark.parametrize("step", ["_make_authority", "_make_stores", "_toml"])
def test_interrupted_anywhere_it_is_finished(paths, monkeypatch, step):
    class Dead(BaseException):
        pass

    def die(*_):
        raise Dead

    with monkeypatch.context() as patch:
        patch.setattr(initialise, step, die)
        with pytest.raises(Dead):
            ask(paths, advertise="gac.example")
    assert ask(paths, advertise="gac.example")
    initialise.require(paths)


@pytest.mark.parametrize(
    ("lost", "named"), [("ca/ca.pem", "ca.pem"), ("ca/ca.key", "ca.key"), ("ca", "ca.pem")], ids=str
)
def test_no_second_authority_is_made_where_one_was_lost(paths, lost, named):
    ask(paths)
    (paths.root / lost).rename(paths.root / "lost")
    for act in (ask, initialise.require):
        with pytest.raises(StateError, match=f"{named} is missing from a collector .*restore it"):
            act(paths)
    assert not (paths.authority / named).exists()


def test_a_new_log_is_read_from_its_begin(paths):
    ask(paths)
    engine = database.open_database(paths.database_url)
    with database.session(engine) as s:
        s.add(CursorRow(name="judge", position=4_711))
    paths.log_id.unlink()
    assert ask(paths)
    with database.reading(engine) as s:
        assert s.get(CursorRow, "judge") is None
    engine.dispose()


def test_a_place_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").touch()
    for place in ("file/state", "file"):
        with pytest.raises(StateError, match="Not a directory; name a folder with --state"):
            ask(StatePaths(tmp_path / place))


def test_what_may_not_be_looked_at_is_said(paths, monkeypatch):
    ask(paths)

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(paths.root), "exists", refuse)
    with pytest.raises(StateError, match="Permission denied"):
        initialise.require(paths)


@pytest.mark.root
def test_a_disk_without_room(tmp_path):
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path], check=True)
    try:
        with pytest.raises(StateError, match="disk is full"):
            ask(StatePaths(tmp_path / "state"))
    finally:
        subprocess.run(["umount", tmp_path], check=True)


def test_a_database_of_an_older_version_is_brought_up_and_of_a_newer_one_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path / 'control.db'}"
    command.upgrade(migrating.settings(url), "0001")
    initialise.update(url)
    migrating.check(url)
    engine = database.open_database(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(StateError, match=r"control.db cannot be brought to this version: .*9999.*; a newer version"):
        initialise.update(url)


def test_a_database_that_is_none_is_said_in_one_line(tmp_path):
    (tmp_path / "control.db").write_bytes(b"no database at all, " * 100)
    with pytest.raises(StateError, match=r"^the control database .*: file is not a database; .*from a backup$"):
        initialise.update(f"sqlite:///{tmp_path / 'control.db'}")
    with pytest.raises(StateError, match="look at database_url"):
        initialise.update("nonsense://x")


@pytest.mark.enable_socket
@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_server_that_is_not_reached_is_asked_for_in_one_line(host):
    with pytest.raises(StateError) as said:
        initialise.update(f"postgresql+psycopg://tramgac:secret@{host}/tramgac")
    what = said.value.what
    place = f"postgresql+psycopg://tramgac:***@{host}/tramgac"
    assert what.en.startswith(f"the control database {place} is not reached: ")
    assert what.en.endswith("; is the server there, by that name and port, and are user, password and database right?")
    assert what.vi.startswith(f"không đến được cơ sở dữ liệu điều khiển {place}: ")
    assert not {"\n", "\t"} & set(what.en + what.vi)
    assert what.en.count("?") == 1
    assert "disk" not in what.en


@pytest.mark.parametrize(
    "url", ["nonsense", "postgresql+psycopg://u@127.0.0.1:abc/x", "mysql://db/x", "postgres://db/x"]
)
def test_a_database_of_another_kind_is_refused_before_anything_is_made(paths, monkeypatch, url):
    wanted = r"must be postgresql\+psycopg://USER@HOST:PORT/NAME, or sqlite:"
    with pytest.raises(SettingsError, match=f"^--database-url: {wanted}"):
        ask(paths, database_url=url)
    monkeypatch.setenv("TRAMGAC_COLLECTOR_DATABASE_URL", url)
    with pytest.raises(SettingsError, match=f"^TRAMGAC_COLLECTOR_DATABASE_URL: {wanted}"):
        ask(paths)
    assert not paths.root.exists()


def test_many_hosts_want_postgresql(paths):
    with pytest.raises(SettingsError) as said:
        initialise.initialise(paths, settings(expected_hosts=2_001))
    assert "--database-url postgresql" in str(said.value)
    assert not paths.config.exists()
    initialise.initialise(paths, settings(expected_hosts=2_000))
