import datetime as dt
import socket
import subprocess
import sys
import tomllib
import uuid

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import ca
from tramgac_collector.config import CollectorConfig
from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import Children
from tramgac_collector.demo.stage import Stage, content_folder, free_port, hurry, keep_user

RULE = """
title: A rule
id: {id}
status: test
description: It looks for one field.
logsource: {{product: windows, category: process_creation}}
detection: {{s: {{{field}: x}}, condition: s}}
level: low
"""


class Deaf:
    """A collector that takes whatever is pushed."""

    def send(self, *_):
        return {}


@pytest.mark.parametrize(("field", "problems"), [("IntegrityLevel", 0), ("NoSuchField", 1)])
def test_notes_on_rules_are_no_problems(tmp_path, monkeypatch, field, problems):
    """A field that only Sysmon's channel has is a note, one that no event has a warning."""
    monkeypatch.setattr(Stage, "client", Deaf())
    path = tmp_path / "rule.yml"
    path.write_text(RULE.format(id=uuid.uuid4(), field=field))
    told = Stage(tmp_path / "state", Children(tmp_path), Arena(tmp_path / "arena")).push_rules([path])
    assert told == {"version": 1, "rules": 1, "problems": problems}


def test_our_content_is_found():
    assert list(content_folder().glob("sigma/**/*.yml"))


@pytest.mark.enable_socket
def test_a_taken_port_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)


def test_a_demo_shows_what_happens_soon_unless_somebody_chose_otherwise(tmp_path):
    config = tmp_path / "agent/config.toml"
    hurry(config)
    hurry(config)
    assert tomllib.loads(config.read_text()) == {"flush_security_s": 5}
    config.write_text("flush_security_s = 9\n[scope]\nfolders = []\n")
    hurry(config)
    assert tomllib.loads(config.read_text())["flush_security_s"] == 9


@pytest.mark.root
def test_the_uplink_stays_root_in_roots_demo(tmp_path):
    config = tmp_path / "agent/config.toml"
    keep_user(config)
    said = config.read_text()
    assert tomllib.loads(said) == {"uplink_user": "root"}
    keep_user(config)
    assert config.read_text() == said
    config.write_text('collector = "127.0.0.1:1"\n[scope]\nfolders = []\n')
    keep_user(config)
    assert tomllib.loads(config.read_text()).keys() == {"uplink_user", "collector", "scope"}


@pytest.mark.enable_socket
def test_a_port_that_was_taken_between_looking_and_listening_is_passed_over(tmp_path, monkeypatch):
    """Two demos that start at once both find the usual port free; one of them is quicker."""
    started, taken = [], []

    def start(self, name, *_, **environment):
        console = environment["TRAMGAC_COLLECTOR_CONSOLE_LISTEN"]
        port = int(console.rpartition(":")[2])
        if not started:
            taken.append(socket.create_server(("127.0.0.1", port)))
        started.append(console)
        ends = len(started) == 1
        child = subprocess.Popen([sys.executable, "-c", "" if ends else "import time; time.sleep(30)"])
        if ends:
            child.wait()
        else:
            self_of.paths.run.mkdir(parents=True, exist_ok=True)
            self_of.paths.ready("api").write_text("ready")
        self._running.append((name, child))

    with socket.create_server(("127.0.0.1", 0)) as found:
        usual = found.getsockname()[1]
    monkeypatch.setattr(CollectorConfig.model_fields["console_listen"], "default", f"127.0.0.1:{usual}")
    monkeypatch.setattr(
        "tramgac_collector.demo.stage.config.load", lambda _: CollectorConfig(console_listen=f"127.0.0.1:{usual}")
    )
    monkeypatch.setattr(Children, "start", start)
    self_of = Stage(tmp_path, Children(tmp_path / "logs"), Arena(tmp_path / "arena"))
    self_of.paths.config.parent.mkdir(parents=True, exist_ok=True)
    self_of.paths.config.touch()
    self_of.start_collector()
    assert started[0] == f"127.0.0.1:{usual}"
    assert self_of.url == f"http://{started[1]}/" != f"http://{started[0]}/"
    assert [ended.name for ended in self_of.children.stop()] == ["collector"]
    taken[0].close()


def test_the_demos_own_host_is_told_from_others_at_its_collector(tmp_path, monkeypatch):
    key = ec.generate_private_key(ec.SECP256R1())
    csr = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    now = dt.datetime.now(dt.UTC)
    host, certificate = ca.Authority.create().agent_leaf(
        csr.public_bytes(serialization.Encoding.DER), ca.new_serial(), days=30, now=now
    )
    identity = tmp_path / "state/agent/identity"
    identity.mkdir(parents=True)
    (identity / "certificate.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    rows = [{"id": "00" * 16, "sensors": []}, {"id": host, "sensors": ["own"]}]

    class Listing:
        def get(self, _path):
            return {"items": rows}

    monkeypatch.setattr(Stage, "client", Listing())
    stage = Stage(tmp_path / "state", Children(tmp_path), Arena(tmp_path / "arena"))
    assert stage.host_id == host
    assert stage.host() == rows[1]
    del rows[1]
    assert stage.host() == {}
