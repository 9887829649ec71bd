import asyncio
import datetime as dt
import os

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_agent import errands, identity
from tramgac_agent.packets import Sample, Staged
from tramgac_agent.paths import AgentPaths
from tramgac_agent.samples import Budget
from tramgac_proto.session_pb2 import RenewReply, SampleReceipt
from tramgac_wire.chain import checkpoint_bytes

from tests.agent.pki import DAY, Authority
from tests.wire.repository import Repository


class Link:
    """Answers as told."""

    def __init__(self, files=None, reply=None):
        self.files = files
        self.reply = reply
        self.sent = []

    async def fetch(self, name, _limit):
        if self.files is None:
            raise ConnectionError("gone")
        return self.files[name]

    async def renew(self, _csr):
        if self.reply is None:
            raise ConnectionError("gone")
        return self.reply

    async def send_sample(self, chunks):
        async for chunk in chunks:
            self.sent.append(chunk)
        if self.reply is None:
            raise ConnectionError("gone")
        return self.reply


class Sensor:
    def __init__(self):
        self.heard = []

    def say(self, message):
        self.heard.append(message)


def fetch(tmp_path, files):
    sensor = Sensor()
    report = asyncio.run(errands.fetch_content(AgentPaths(tmp_path), Link(files), sensor, 4))
    return report, sensor.heard


def test_fetched_content_is_handed_over(tmp_path):
    repository = Repository()
    repository.publish(b"{}")
    assert fetch(tmp_path, repository.files) == (None, [Staged(4)])


def test_content_that_is_not_there_is_reported(tmp_path):
    report, heard = fetch(tmp_path, {})
    assert (report.version, report.loaded, report.reason, heard) == (4, False, "missing", [])


def test_a_lost_link_is_no_verdict(tmp_path):
    assert fetch(tmp_path, None) == (None, [])


def sample_of(tmp_path, data):
    (tmp_path / "file").write_bytes(data)
    return Sample(b"h" * 32, len(data), os.open(tmp_path / "file", os.O_RDONLY))


def closed(sample):
    try:
        os.fstat(sample.fd)
    except OSError:
        return True
    return False


@pytest.mark.parametrize("size", [0, 1, errands.SAMPLE_CHUNK, errands.SAMPLE_CHUNK + 1])
def test_a_sample_goes_in_chunks_with_its_head_first(tmp_path, size):
    sample, link = sample_of(tmp_path, os.urandom(size)), Link(reply=SampleReceipt(stored=True))
    assert asyncio.run(errands.send_sample(link, sample, Budget(10**9), lambda: False)) is None
    assert (link.sent[0].sha256, link.sent[0].size) == (sample.sha256, size)
    assert not any(chunk.sha256 for chunk in link.sent[1:])
    assert b"".join(chunk.data for chunk in link.sent) == (tmp_path / "file").read_bytes()
    assert closed(sample)


def test_samples_stand_aside_for_urgent_events(tmp_path):
    looks = iter([True, True, False])
    sample, link = sample_of(tmp_path, b"x"), Link(reply=SampleReceipt(stored=True))
    asyncio.run(errands.send_sample(link, sample, Budget(10**9), lambda: next(looks)))
    assert len(link.sent) == 1
    assert next(looks, "asked three times") == "asked three times"


def test_no_budget_and_no_link(tmp_path):
    sample = sample_of(tmp_path, b"x")
    refusal = asyncio.run(errands.send_sample(Link(), sample, Budget(0), lambda: False))
    assert refusal.reason == "budget"
    assert closed(sample)
    sample = sample_of(tmp_path, b"x")
    assert asyncio.run(errands.send_sample(Link(), sample, Budget(100), lambda: False)) is None
    assert closed(sample)


NOW = dt.datetime.now(dt.UTC)


def renew(tmp_path, ours, reply, now=NOW):
    return asyncio.run(errands.renew(AgentPaths(tmp_path), Link(reply=reply), ours, now))


def test_a_certificate_is_renewed_after_half_of_its_life(tmp_path):
    authority = Authority()
    ours = authority.identity((NOW - DAY, NOW + 3 * DAY))
    fresh = authority.agent(identity.request(ours.key)).decode()
    reply = RenewReply(certificate=fresh, authorities=authority.pem.decode())
    assert renew(tmp_path, ours, reply) is None  # not yet
    found = renew(tmp_path, ours, reply, NOW + 2 * DAY)
    assert found.not_after > ours.not_after
    assert identity.load(AgentPaths(tmp_path)) == found


@pytest.mark.parametrize("reply", [None, RenewReply(certificate="garbage", authorities="garbage")])
def test_a_renewal_that_fails_changes_nothing(tmp_path, reply):
    ours = Authority().identity((NOW - 2 * DAY, NOW + DAY))
    assert renew(tmp_path, ours, reply) is None
    assert not AgentPaths(tmp_path).identity.exists()


def test_anothers_certificate_is_not_taken(tmp_path):
    authority = Authority()
    ours = authority.identity((NOW - 2 * DAY, NOW + DAY))
    other = authority.identity()
    reply = RenewReply(certificate=other.certificate.decode(), authorities=authority.pem.decode())
    assert renew(tmp_path, ours, reply) is None


def test_checkpoints_are_signed():
    key = identity.make_key()
    [message] = errands.checkpoints(7, {2: (5, b"c" * 32)}, key)
    point = message.checkpoint
    data = checkpoint_bytes(7, 2, 5, b"c" * 32)
    identity.read_key(key).public_key().verify(point.signature, data, ec.ECDSA(hashes.SHA256()))
