import datetime as dt
import hashlib
import stat
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from tramgac_agent import identity
from tramgac_agent.errors import IdentityError, NotEnrolled
from tramgac_agent.paths import AgentPaths

from tests.agent.pki import DAY, Authority


@pytest.fixture(scope="module")
def authority():
    return Authority()


def test_the_host_id_comes_from_the_key():
    key = identity.read_key(identity.make_key())
    info = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert identity.host_id(key.public_key()) == hashlib.sha256(info).hexdigest()[:32]


def test_the_request_is_signed_and_names_the_host():
    key = identity.make_key()
    request = x509.load_der_x509_csr(identity.request(key))
    assert request.is_signature_valid
    assert request.subject.rfc4514_string() == "CN=" + identity.host_id(request.public_key())
    assert isinstance(request.public_key().curve, ec.SECP256R1)


def test_it_is_saved_and_loaded_and_the_key_is_for_its_owner_alone(tmp_path, authority):
    paths = AgentPaths(tmp_path)
    ours = authority.identity()
    identity.save(paths, ours)
    identity.save(paths, ours)
    assert identity.load(paths) == ours
    assert paths.host.read_text() == ours.host + "\n"
    if sys.platform != "win32":
        assert stat.S_IMODE(paths.key.stat().st_mode) == 0o600
        assert stat.S_IMODE(paths.identity.stat().st_mode) == 0o700


def test_half_of_the_life(authority):
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    assert authority.identity((now - DAY, now + 3 * DAY)).half == now + DAY


def test_not_enrolled(tmp_path):
    with pytest.raises(NotEnrolled, match="enrol"):
        identity.load(AgentPaths(tmp_path))


def test_what_does_not_belong_together_is_named(tmp_path, authority):
    ours, other = authority.identity(), authority.identity()
    with pytest.raises(IdentityError, match="another key"):
        identity.parse(ours.key, other.certificate, ours.authorities)
    with pytest.raises(IdentityError, match="none of the authorities"):
        identity.parse(ours.key, ours.certificate, Authority().pem)
    with pytest.raises(IdentityError, match="authorities are no"):
        identity.parse(ours.key, b"garbage", ours.authorities)
    identity.save(AgentPaths(tmp_path), ours)
    AgentPaths(tmp_path).key.write_bytes(b"garbage")
    with pytest.raises(IdentityError, match="enrol again"):
        identity.load(AgentPaths(tmp_path))


def test_another_kind_of_key_is_refused():
    raw = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(IdentityError, match="P-256"):
        identity.read_key(raw)


def test_signatures_hold():
    key = identity.make_key()
    public = identity.read_key(key).public_key()
    public.verify(identity.sign(key, b"data"), b"data", ec.ECDSA(hashes.SHA256()))
