import asyncio
import datetime as dt

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tramgac_collector import ca, database, hosts, readmission
from tramgac_collector.gateway.admission import admit, identified, peer_address

from tests.collector.station import request_of, station

pytestmark = pytest.mark.asyncio


class Ended(Exception):
    pass


class Context:
    """A call whose handshake is over."""

    def __init__(self, certificate=None, peer="ipv4:10.0.0.1:5"):
        self.certificate, self.name = certificate, peer

    def auth_context(self):
        return {"x509_pem_cert": [self.certificate]} if self.certificate else {}

    def peer(self):
        return self.name

    async def abort(self, code, details):
        assert code == grpc.StatusCode.UNAUTHENTICATED
        raise Ended(details)


async def admitted(context, control, counts):
    identity = await identified(context, counts)
    await admit(context, identity, control, counts)
    return identity


async def test_who_may_speak_and_why_not(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        control, counts = here.hall.control, here.hall.counts
        assert (await admitted(Context(agent.certificate), control, counts)).host == agent.host
        await control.write(lambda s: hosts.deactivate(s, agent.host, 1))
        with pytest.raises(Ended, match="not_registered"):
            await admitted(Context(agent.certificate), control, counts)
        old = await here.agent(days=1, now=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        with pytest.raises(Ended, match="certificate_expired"):
            await admitted(Context(old.certificate), control, counts)
        _, strange = here.authority.agent_leaf(
            request_of(ec.generate_private_key(ec.SECP256R1())), "77", days=1, now=dt.datetime.now(dt.UTC)
        )
        with pytest.raises(Ended, match="not_registered"):
            await admitted(Context(strange.public_bytes(serialization.Encoding.PEM)), control, counts)
        assert (await identified(Context(old.certificate), counts)).host == old.host
        for certificate in (None, here.ca):
            with pytest.raises(Ended, match="names no agent"):
                await identified(Context(certificate), counts)
        assert counts["refused_identity"] == 2
        assert counts["refused_not_registered"] == 2
        assert counts["refused_certificate_expired"] == 1


async def test_those_who_come_together_are_one_question_and_each_has_its_own_answer(tmp_path, monkeypatch):
    async with station(tmp_path) as here:
        agents = [await here.agent() for _ in range(4)]
        await here.hall.control.write(lambda s: hosts.deactivate(s, agents[1].host, 1))
        asked, real = [], hosts.all_allowed
        monkeypatch.setattr(hosts, "all_allowed", lambda s, those: asked.append(len(those)) or real(s, those))
        comes = (admitted(Context(one.certificate), here.hall.control, here.hall.counts) for one in agents)
        answers = await asyncio.gather(*comes, return_exceptions=True)
        assert isinstance(answers.pop(1), Ended)
        assert [answer.host for answer in answers] == [one.host for one in agents if one is not agents[1]]
        assert asked == [4]


async def test_a_host_that_is_revoked_while_it_waits_for_the_answer_is_not_let_in(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        coming = asyncio.create_task(admitted(Context(agent.certificate), here.hall.control, here.hall.counts))
        await asyncio.sleep(0)
        engine = database.open_database(here.paths.database_url)
        with database.session(engine) as s:
            hosts.deactivate(s, agent.host, 1)
        engine.dispose()
        with pytest.raises(Ended, match="not_registered"):
            await coming


async def test_whoever_goes_away_while_the_registry_is_asked_is_not_asked_about(tmp_path):
    async with station(tmp_path) as here:
        gone, there = await here.agent(), await here.agent()
        control, counts = here.hall.control, here.hall.counts
        comes = [asyncio.create_task(admitted(Context(who.certificate), control, counts)) for who in (gone, there)]
        await asyncio.sleep(0)
        comes[0].cancel()
        assert (await comes[1]).host == there.host
        assert comes[0].cancelled()


async def test_addresses_are_written_as_people_do():
    assert peer_address(Context()) == "10.0.0.1:5"
    assert peer_address(Context(peer="ipv6:%5B::1%5D:5")) == "[::1]:5"


async def test_an_expired_certificate_does_not_even_connect(tmp_path):
    async with station(tmp_path) as here:
        old = await here.agent(days=1, now=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        call = old.open().Session()
        assert await call.code() == grpc.StatusCode.UNAVAILABLE
        await old.close()


async def test_a_serial_that_was_replaced_may_no_longer_speak(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        for serial in (ca.new_serial(), ca.new_serial()):
            await here.hall.control.write(lambda s, n=serial: hosts.renewed(s, agent.host, n))
        call = agent.open().Session()
        assert await call.code() == grpc.StatusCode.UNAUTHENTICATED
        assert "enrol this host again" in await call.details()
        await agent.close()


async def test_a_certificate_that_was_renewed_after_the_backup_of_a_restored_collector_opens(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        control, counts = here.hall.control, here.hall.counts
        now = dt.datetime.now(dt.UTC)
        _, leaf = here.authority.agent_leaf(request_of(agent.key), "99", days=1, now=now)
        certificate = leaf.public_bytes(serialization.Encoding.PEM)
        with pytest.raises(Ended, match="not_registered"):
            await admitted(Context(certificate), control, counts)
        then = int(now.timestamp() * 1e9)
        await control.write(lambda s: readmission.note(s, then - 10**12, then + 10**10))
        assert (await admitted(Context(certificate), control, counts)).host == agent.host
        assert (await admitted(Context(certificate), control, counts)).host == agent.host
        assert counts["readmitted"] == 1
