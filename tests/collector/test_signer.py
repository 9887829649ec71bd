import base64
import datetime as dt
import json
import socket

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import ca, database, hosts, tokens
from tramgac_collector.bucket import Bucket
from tramgac_collector.errors import SignerAway, SignerRefused
from tramgac_collector.signer import Signer, sign
from tramgac_wire.address import short_address

from tests.collector.station import prepare, request_of, running_signer

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)


def line(csr, serial="5"):
    return json.dumps({"csr": base64.b64encode(csr).decode(), "serial": serial}).encode()


def test_only_hosts_of_the_registry_are_signed():
    csr = request_of(ec.generate_private_key(ec.SECP256R1()))
    host = ca.read_request(csr)[1]
    asked = []
    signer = Signer(ca.Authority.create(), lambda h, s: bool(asked.append((h, s))) or s == "5", 14, Bucket(100, 100))
    assert "certificate" in signer.answer(line(csr), NOW)
    assert "registry" in signer.answer(line(csr, "6"), NOW)["error"]
    assert asked == [(host, "5"), (host, "6")]


@pytest.mark.parametrize(
    "request_", [b"", b"[]", b"{}", b'{"csr": "AA==", "serial": "1"}', b'{"csr": 5, "serial": "1"}', b"\xff"]
)
def test_garbage_is_answered(request_):
    signer = Signer(ca.Authority.create(), lambda *_: True, 14, Bucket(1, 1))
    assert "not a request" in signer.answer(request_, NOW)["error"]


def test_requests_are_limited():
    csr = request_of(ec.generate_private_key(ec.SECP256R1()))
    signer = Signer(ca.Authority.create(), lambda *_: True, 14, Bucket(0.0001, 2))
    answers = [signer.answer(line(csr), NOW) for _ in range(3)]
    assert [("error" in answer) for answer in answers] == [False, False, True]


def test_over_the_socket(tmp_path):
    paths = prepare(tmp_path)
    csr = request_of(ec.generate_private_key(ec.SECP256R1()))
    host = ca.read_request(csr)[1]
    with pytest.raises(SignerAway, match="role `signer`"):
        sign(paths, csr, "5")
    with running_signer(paths):
        with pytest.raises(SignerRefused, match="registry"):
            sign(paths, csr, "5")
        engine = database.open_database(paths.database_url)
        with database.session(engine) as s:
            secret, _ = tokens.create(s, uses=1, ttl_s=60, site="", by="test", now=1)
            hosts.enrol(s, host, "pc", "linux", "1", "5", tokens.redeem(s, secret, 2), 2)
        engine.dispose()
        assert ca.identify(sign(paths, csr, "5").encode()).host == host
        # One that hangs up does no harm.
        with socket.socket(socket.AF_UNIX) as silent, short_address(paths.signer_socket) as address:
            silent.connect(address)
        assert sign(paths, csr, "5")
        assert paths.signer_socket.stat().st_mode & 0o777 == 0o600
