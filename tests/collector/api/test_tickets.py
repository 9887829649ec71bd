import hashlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tramgac_collector.api.tickets import ticket
from tramgac_collector.config import CollectorConfig
from tramgac_wire.ticket import decode

from tests.tools.console import Console


def test_a_ticket_names_collector_authority_and_root(console: Console, authority):
    paths = console.services.paths
    told = decode(ticket(paths, CollectorConfig(advertise="gac.example.vn"), "s3cret"))
    assert (told.secret, told.collector, told.content_root) == ("s3cret", "gac.example.vn:18443", "")
    assert told.ca == authority.certificate.public_bytes(Encoding.DER)
    (paths.content / "root.json").write_bytes(b"{}")
    assert decode(ticket(paths, CollectorConfig(), "s")).content_root == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.parametrize(
    ("advertise", "shown"), [("192.0.2.7", "192.0.2.7:18443"), ("2001:db8::7", "[2001:db8::7]:18443")]
)
def test_addresses_of_both_kinds(console: Console, authority, advertise, shown):
    assert decode(ticket(console.services.paths, CollectorConfig(advertise=advertise), "s")).collector == shown


def test_a_port_that_the_system_chose_is_the_gateways_word(console: Console, authority):
    paths = console.services.paths
    paths.gateway.write_text('{"session": 4710, "enrol": 4711}')
    told = decode(ticket(paths, CollectorConfig(enrol_listen="127.0.0.1:0"), "s"))
    assert told.collector == "127.0.0.1:4711"
