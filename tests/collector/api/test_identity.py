import stat

import pytest
from tramgac_collector import logins
from tramgac_collector.api.identity import cookie_name, new_credential
from tramgac_collector.config import CollectorConfig

from tests.tools.console import CREDENTIAL, Console


def test_the_credential_counts_on_the_local_socket_only(console: Console):
    assert console.local().get("/api/session").json()["user"] == {"name": "local", "role": "admin"}
    shown = {"Authorization": f"Bearer {CREDENTIAL}"}
    assert console.stranger().get("/api/session", headers=shown).status_code == 401


@pytest.mark.parametrize(
    "shown",
    ["", "Bearer", "Bearer ", f"Basic {CREDENTIAL}", f"Bearer {CREDENTIAL}x", "Bearer ü", f"Bearer  {CREDENTIAL}"],
)
def test_a_wrong_credential_is_none(console: Console, shown):
    headers = {"Authorization": shown.encode("latin-1")}
    assert console.local().get("/api/session", headers=headers).status_code == 401


def test_a_cookie_does_not_count_on_the_local_socket(console: Console):
    cookies = console.signed_in("admin").cookies
    local = console.local()
    del local.headers["Authorization"]
    local.cookies = cookies
    assert local.get("/api/session").status_code == 401


def test_a_session_ends_when_it_is_not_used(console: Console):
    client = console.signed_in("viewer")
    for _ in range(3):
        console.clock.forward(logins.IDLE / 1e9 - 1)
        assert client.get("/api/session").status_code == 200
    console.clock.forward(logins.IDLE / 1e9)
    assert client.get("/api/session").json()["error"] == "not_signed_in"


def test_a_session_ends_after_ten_hours_whatever_happens(console: Console):
    client = console.signed_in("viewer")
    answers = []
    for _ in range(41):
        console.clock.forward(900)
        answers.append(client.get("/api/session").status_code)
    assert answers[:39] == [200] * 39
    assert answers[40] == 401


def test_the_secret_is_nowhere_in_the_store(console: Console):
    client = console.signed_in("viewer")
    secret = client.cookies[cookie_name(console.services.config)]
    assert len(secret) >= 43  # 256 bits in base64
    with console.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM sessions").all()
    assert secret not in str(rows)


def test_the_cookies_name_and_flags(console: Console):
    assert cookie_name(CollectorConfig()) == "tramgac"
    assert cookie_name(CollectorConfig(console_origin="https://gac.example.vn")) == "__Host-tramgac"


def test_a_credential_is_new_each_time_and_readable_by_its_owner_alone(tmp_path):
    path = tmp_path / "credential"
    path.write_text("left by another run, and open to all")
    path.chmod(0o644)
    first = new_credential(path)
    assert path.read_text() == first + "\n"
    assert len(first) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert new_credential(path) != first
    assert list(tmp_path.iterdir()) == [path]
