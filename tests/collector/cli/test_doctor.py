import pytest
from tramgac_collector import database, ready
from tramgac_collector.cli import doctor_running
from tramgac_collector.cli.doctor import Finding, findings
from tramgac_collector.cli.doctor_words import Seen
from tramgac_collector.config import CollectorConfig
from tramgac_collector.errors import Unreadable
from tramgac_collector.events import forecast, query
from tramgac_collector.ingest import holes, room
from tramgac_collector.initialise import initialise
from tramgac_collector.paths import StatePaths
from tramgac_collector.rule_decisions import park
from tramgac_scan import client
from tramgac_scan.errors import ScanError

from tests.tools.console import Console


def by_name(paths: StatePaths) -> dict:
    return {finding.check: finding for finding in findings(paths)}


@pytest.fixture
def initialised(running: Console, monkeypatch) -> StatePaths:
    monkeypatch.setattr(doctor_running, "ports", lambda *_: [])  # test_doctor_running.py has them
    initialise(running.services.paths, CollectorConfig())
    return running.services.paths


def test_nothing_there(tmp_path):
    [only] = findings(StatePaths(tmp_path))
    assert not only.ok
    assert "tramgac collector init" in only.what


def test_all_is_well(initialised: StatePaths, running: Console, monkeypatch):
    from tramgac_collector.main import ROLES

    running.rules_in_force()
    for role in ROLES:
        ready.announce(initialised, role)
    monkeypatch.setattr(query, "count", lambda *_, **__: 7)
    monkeypatch.setattr(client.Scanner, "missing", ())  # what holds is the machine's affair
    found = by_name(initialised)
    assert [finding for finding in found.values() if not finding.ok] == []
    assert found["store"].what == "7 events"
    assert {"clock", "last event", "lag store", "lag judge", "notify", "backup"} <= set(found)


def test_what_is_not_well_says_how_to_mend_it(initialised: StatePaths):
    initialised.root.chmod(0o755)
    initialised.ca_certificate.write_text("no certificate")
    (initialised.run / "judge.ready").write_text("4194305\n")  # above pid_max: nobody's
    found = by_name(initialised)
    assert "chmod 0700" in found["mode"].what
    assert "restore" in found["certificate ca.pem"].what
    assert "tramgac collector run" in found["role judge"].what
    assert not found["store"].ok
    assert found["api"].ok


def test_while_the_collector_starts_its_roles_are_not_said_to_need_a_start(initialised: StatePaths):
    with ready.alone(initialised):
        found = by_name(initialised)["role judge"]
    assert not found.ok
    assert "starting or ending" in found.what
    assert str(initialised.role_log("judge")) in found.what


def test_it_speaks_the_persons_language(initialised: StatePaths, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    initialised.root.chmod(0o755)
    (initialised.poison / "store-7.batch").touch()
    found = by_name(initialised)
    assert "người khác đọc được" in found["mode"].what
    assert found["disk"].what.startswith("còn trống ")
    assert found["set aside"].what.startswith("lô không xử lý trọn: 1; ")
    assert "khởi động bằng: tramgac collector run" in found["role judge"].what
    assert found["log"].what == "không có lỗ hổng"


@pytest.mark.parametrize(
    ("free", "ok", "said"),
    [
        (512, True, "512 MiB free"),
        (
            319,
            False,
            "319 MiB free; below 512 MiB agents hold back what is not urgent, below 256 MiB events are refused",
        ),
        (255, False, "255 MiB free; events are refused below 256 MiB: make room"),
    ],
)
def test_a_disk_that_fills_up(initialised: StatePaths, monkeypatch, free: int, ok: bool, said: str):
    monkeypatch.setattr(room, "free_bytes", lambda _: free << 20)
    found = by_name(initialised)["disk"]
    assert found.ok == ok
    assert found.what.startswith(said)


@pytest.mark.parametrize(
    ("days_left", "ok", "said"),
    [(None, True, "as long as they are kept"), (30.0, True, "30 days"), (3.2, False, "cold/")],
)
def test_how_long_the_disk_lasts(initialised: StatePaths, days_left: float | None, ok: bool, said: str):
    assert "forecast" not in by_name(initialised)
    forecast.tell(initialised, forecast.Forecast(1, 1, 1, 1, 5 << 20, 1, days_left))
    found = by_name(initialised)["forecast"]
    assert (found.ok, said in found.what, "5 MiB a day" in found.what) == (ok, True, True)


def test_a_hole_in_the_log(initialised: StatePaths):
    holes.record(initialised, "store", Unreadable(3, 9, "log_damaged", "why"))
    found = by_name(initialised)["log"]
    assert not found.ok
    assert "store never read records 3 to 8 (log_damaged: the disk does not give" in found.what
    assert f"remove {initialised.holes}" in found.what


def test_batches_that_were_set_aside(initialised: StatePaths):
    assert by_name(initialised)["set aside"] == Finding("set aside", ok=True, what="nothing")
    for name in ("store-7.batch", "store-7.txt"):
        (initialised.poison / name).touch()
    found = by_name(initialised)["set aside"]
    assert not found.ok
    assert found.what.startswith("batches not digested whole: 1; ")


def test_how_yara_would_be_locked_in(initialised: StatePaths, monkeypatch):
    lens = by_name(initialised)["lens"]
    assert "capabilities, seccomp" in lens.what
    monkeypatch.setattr(client.Scanner, "missing", ("user",))
    lens = by_name(initialised)["lens"]
    assert not lens.ok
    assert "missing: user" in lens.what

    def refuse(_: client.Scanner) -> None:
        raise ScanError("it kept its capabilities")

    monkeypatch.setattr(client.Scanner, "_start", refuse)
    assert by_name(initialised)["lens"] == Finding(
        "lens", ok=False, what="YARA's child cannot be started: it kept its capabilities"
    )


def test_a_rule_that_is_parked(initialised: StatePaths, running: Console, monkeypatch):
    assert by_name(initialised)["rules"] == Finding("rules", ok=False, what=Seen.NO_RULES.en)
    running.rules_in_force()
    assert by_name(initialised)["rules"].ok
    engine = database.open_database(initialised.database_url)
    with database.session(engine) as s:
        park(s, {"11111111": ("d1", "over its budget")}, 1)
    engine.dispose()
    found = by_name(initialised)["rules"]
    assert (found.ok, "(11111111): over its budget" in found.what) == (False, True)
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert by_name(initialised)["rules"].what.startswith("tạm dừng")


def test_settings_that_are_wrong(initialised: StatePaths):
    initialised.config.write_text("odd = 1\n")
    [only] = findings(initialised)
    assert "odd" in only.what
