import pytest
from tramgac_collector import hosts, samples
from tramgac_collector.gateway import notes
from tramgac_proto.session_pb2 import REASON_FULL, ContentReport, Hello, SampleRefusal
from tramgac_wire import collector_session as cs

from tests.collector.station import station


def test_reasons_have_words():
    assert notes.reason_name(REASON_FULL) == "full"
    assert notes.reason_name(99) == "99"


@pytest.mark.asyncio
async def test_what_is_said_about_a_host_is_written_down(tmp_path):
    async with station(tmp_path) as here:
        agent = await here.agent()
        hall, host = here.hall, agent.host

        async def listed():
            return (await hall.control.read(hosts.listing))[0]

        hour = 3_600 * 10**9
        await notes.greeted(hall, host, "10.0.0.1:5", cs.Greeted(Hello(epoch=1, content=3), 2 * hour))
        assert (await listed())["skew_ms"] == 2 * 3_600_000
        await notes.report(hall, host, cs.Report("chain_broken", "other events"))
        assert hall.counts["report_chain_broken"] == 1
        assert [finding["kind"] for finding in (await listed())["findings"]] == ["clock_off", "chain_broken"]
        await notes.content(hall, host, ContentReport(version=4, loaded=False, reason="unsigned", current=3))
        assert (await listed())["bundle"]
        sha = bytes(range(32))
        await hall.control.write(lambda s: samples.want(s, sha.hex(), host, 1, 1))
        await notes.sample_refused(hall, host, SampleRefusal(sha256=sha, reason="gone"))
        assert hall.counts["samples_refused"] == 1
        assert await hall.control.write(lambda s: samples.lease(s, [host], 2)) == []
        await notes.parted(hall, host)


@pytest.mark.asyncio
async def test_one_agent_that_turns_between_its_epochs_is_no_two(tmp_path):
    """It drains an earlier one, and what is urgent goes under the present one in between."""
    async with station(tmp_path) as here:
        agent = await here.agent()
        for hello in [Hello(epoch=1, present=9), Hello(epoch=9), Hello(epoch=2, present=9)] * 3:
            await notes.greeted(here.hall, agent.host, "10.0.0.1:5", cs.Greeted(hello, 0))
        assert here.hall.counts["report_two_agents"] == 0
        for epoch in (9, 8, 9):
            await notes.greeted(here.hall, agent.host, "10.0.0.1:5", cs.Greeted(Hello(epoch=epoch), 0))
        assert here.hall.counts["report_two_agents"] == 1
