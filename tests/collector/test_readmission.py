import dataclasses

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import audit, database, hosts, readmission
from tramgac_collector.ca import Identity
from tramgac_collector.schema import HostRow

HOST, TAKEN, RESTORED = "a" * 32, 1_000_000_000_000, 2_000_000_000_000
RENEWED = Identity(
    HOST, "bb", RESTORED * 2, TAKEN + 5_000_000_000, ec.generate_private_key(ec.SECP256R1()).public_key()
)


@pytest.fixture
def s(store):
    with database.session(store) as opened:
        row = HostRow(id=HOST, hostname="pc", os_type="linux", agent_version="0", site="", serial="aa", enrolled=1)
        opened.add(row)
        opened.flush()
        yield opened


def test_what_was_signed_after_the_backup_is_taken_in_with_its_host(s):
    assert not readmission.readmit(s, RENEWED, 5)
    readmission.note(s, TAKEN, RESTORED)
    assert not hosts.allowed(s, HOST, "bb")
    assert readmission.readmit(s, RENEWED, 5)
    assert hosts.allowed(s, HOST, "bb")
    assert hosts.allowed(s, HOST, "aa")
    assert [(row.action, row.object) for row in audit.page(s)] == [("host.readmit", HOST)]


@pytest.mark.parametrize(
    "change",
    [{"signed": TAKEN - 2_000_000_000}, {"signed": RESTORED + 1}, {"signed": 0}, {"host": "b" * 32}],
)
def test_nothing_else_is(s, change):
    readmission.note(s, TAKEN, RESTORED)
    assert not readmission.readmit(s, dataclasses.replace(RENEWED, **change), 5)


def test_a_host_that_may_not_speak_stays_out(s):
    readmission.note(s, TAKEN, RESTORED)
    hosts.deactivate(s, HOST, 4)
    assert not readmission.readmit(s, RENEWED, 5)
