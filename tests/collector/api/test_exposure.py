import pytest
from tramgac_collector import database
from tramgac_collector.api.errors import ExposureError
from tramgac_collector.api.exposure import beyond_loopback, check_content, check_listener, loopback, origin, secure
from tramgac_collector.config import CollectorConfig
from tramgac_collector.schema import ContentRow

from tests.tools.console import Console


@pytest.mark.parametrize(
    ("listen", "inside"),
    [
        ("127.0.0.1:1", True),
        ("127.8.8.8:1", True),
        ("[::1]:1", True),
        ("localhost:1", True),
        ("0.0.0.0:1", False),
        ("[::]:1", False),
        ("192.0.2.7:1", False),
        ("gac.example.vn:1", False),
    ],
)
def test_loopback(listen, inside):
    assert loopback(listen) is inside


def test_beyond_loopback_needs_tls(tmp_path):
    check_listener(CollectorConfig())
    with pytest.raises(ExposureError, match=r"console_listen is 0\.0\.0\.0:8443.*console_certificate"):
        check_listener(CollectorConfig(console_listen="0.0.0.0:8443"))
    with pytest.raises(ExposureError, match="console_listen"):
        check_listener(CollectorConfig(console_listen="0.0.0.0:8443", console_origin="https://gac.example.vn"))


def test_tls_files_must_be_there(tmp_path):
    files = {name: tmp_path / f"{name}.pem" for name in ("console_certificate", "console_key")}
    named = {name: str(path) for name, path in files.items()}
    with pytest.raises(ExposureError, match="console_certificate is"):
        check_listener(CollectorConfig(console_listen="0.0.0.0:8443", **named))
    files["console_certificate"].touch()
    with pytest.raises(ExposureError, match="console_key is"):
        check_listener(CollectorConfig(console_listen="0.0.0.0:8443", **named))
    files["console_key"].touch()
    check_listener(CollectorConfig(console_listen="0.0.0.0:8443", **named))


def test_cookies_are_secure_with_our_tls_or_a_proxys():
    assert not secure(CollectorConfig())
    assert secure(CollectorConfig(console_certificate="/c.pem"))
    assert secure(CollectorConfig(console_origin="https://gac.example.vn"))


def test_the_address_that_people_type():
    assert origin(CollectorConfig(console_listen="127.0.0.1:0"), 4711) == "http://127.0.0.1:4711"
    assert origin(CollectorConfig(console_listen="[::1]:0", console_certificate="/c.pem"), 1) == "https://[::1]:1"
    assert origin(CollectorConfig(console_origin="https://gac.example.vn/"), 1) == "https://gac.example.vn"


@pytest.mark.parametrize("listener", ["console_listen", "session_listen", "enrol_listen"])
def test_a_demonstrations_content_stays_on_this_machine(console: Console, listener):
    outside = CollectorConfig(**{listener: "192.0.2.7:1"})
    assert beyond_loopback(outside)
    check_content(console.engine, outside)
    row = {"published": 1, "by": "an", "digest": "0" * 64, "rules": 1, "yara": 0}
    with database.session(console.engine) as s:
        s.add(ContentRow(version=1, marked="demo", **row))
    check_content(console.engine, CollectorConfig())
    with pytest.raises(ExposureError, match=r"demo's keys.*beyond loopback.*init"):
        check_content(console.engine, outside)
    with database.session(console.engine) as s:
        s.add(ContentRow(version=2, marked="", **row))
    check_content(console.engine, outside)
