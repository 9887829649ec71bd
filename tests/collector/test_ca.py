import datetime as dt
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tramgac_collector import ca
from tramgac_collector.errors import IdentityError

from tests.collector.station import request_of

NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def authority():
    return ca.Authority.create()


def leaf_of(authority, key=None, **changes):
    request = request_of(key or ec.generate_private_key(ec.SECP256R1()))
    return authority.agent_leaf(request, changes.pop("serial", ca.new_serial()), days=14, now=NOW)


def as_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def test_ca_and_collector_outlive_any_wrong_clock(authority):
    server = authority.collector_leaf(ec.generate_private_key(ec.SECP256R1()).public_key(), ["10.0.0.1", "gac.example"])
    for certificate in (authority.certificate, server):
        assert (certificate.not_valid_before_utc.year, certificate.not_valid_after_utc.year) == (2000, 2060)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["gac.example"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]
    server.verify_directly_issued_by(authority.certificate)


def test_an_agents_leaf_names_its_key_and_lives_days(authority):
    key = ec.generate_private_key(ec.SECP256R1())
    host, leaf = leaf_of(authority, key, serial="abc")
    leaf.verify_directly_issued_by(authority.certificate)
    assert host == ca.host_of(key.public_key())
    assert len(host) == 32
    assert leaf.not_valid_after_utc - NOW == dt.timedelta(days=14)
    uses = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    identity = ca.identify(as_pem(leaf))
    assert (identity.host, identity.serial) == (host, "abc")
    assert identity.not_after == int((NOW + dt.timedelta(days=14)).timestamp()) * 10**9


def test_nothing_of_the_request_is_taken_over(authority):
    key = ec.generate_private_key(ec.SECP256R1())
    wish = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")])
    )
    wish = wish.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    wish = wish.add_extension(
        x509.SubjectAlternativeName([x509.UniformResourceIdentifier(ca.SPIFFE + "0" * 32)]), critical=False
    )
    csr = wish.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    host, leaf = authority.agent_leaf(csr, "1", days=1, now=NOW)
    assert ca.identify(as_pem(leaf)).host == host
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_bad_requests_are_refused():
    key = ec.generate_private_key(ec.SECP256R1())
    good = request_of(key)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    other = x509.CertificateSigningRequestBuilder().subject_name(name)
    rsa_request = other.sign(rsa.generate_private_key(65537, 2048), hashes.SHA256())
    p384_request = other.sign(ec.generate_private_key(ec.SECP384R1()), hashes.SHA256())
    bad = [b"", b"garbage", good[:-10], good[:-4] + bytes(4)]
    bad += [r.public_bytes(serialization.Encoding.DER) for r in (rsa_request, p384_request)]
    for csr in bad:
        with pytest.raises(IdentityError):
            ca.read_request(csr)


def test_a_name_that_is_not_its_keys_is_no_identity(authority):
    server = authority.collector_leaf(ec.generate_private_key(ec.SECP256R1()).public_key(), ["x"])
    for certificate in (b"garbage", as_pem(server), as_pem(authority.certificate)):
        with pytest.raises(IdentityError):
            ca.identify(certificate)


def test_a_saved_ca_is_loaded_and_its_key_is_private(authority, tmp_path):
    authority.save(tmp_path / "ca.key", tmp_path / "ca.pem")
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600
    loaded = ca.Authority.load(tmp_path / "ca.key", tmp_path / "ca.pem")
    leaf_of(loaded)[1].verify_directly_issued_by(authority.certificate)
    with pytest.raises(FileExistsError):
        authority.save(tmp_path / "ca.key", tmp_path / "ca.pem")
    ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))


def test_serials_are_positive_and_fit():
    for _ in range(200):
        assert 0 < int(ca.new_serial(), 16) < 2**159
