import asyncio
import contextlib
import os

import pytest
from tramgac_agent.local import SensorEnd
from tramgac_agent.packets import Acked, Choices, Heads, Lost, Renew, Sample, Skew, Staged, WantSample
from tramgac_agent.sensorlink import SensorLink, discard

from tests.agent.host import until

pytestmark = pytest.mark.asyncio


class Ends:
    def __init__(self, folder):
        self.path = folder / "sensor.sock"
        self.heard = []
        self.lost = 0
        self.link = SensorLink(self.path, self.heard.append, self._lost)

    def _lost(self):
        self.lost += 1

    @contextlib.asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.link.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def hear(end, count):
    found = []
    await until(lambda: found.extend(end.receive()[0]) or len(found) >= count)
    return found


async def test_it_waits_for_the_sensor_and_comes_back(tmp_path):
    ends = Ends(tmp_path)
    async with ends.running():
        ends.link.say(Acked(1, 2, 3))
        end = SensorEnd(ends.path)
        assert await hear(end, 1) == [Acked(1, 2, 3)]
        end.send(Heads(1, 1, {}))
        await until(lambda: ends.heard == [Heads(1, 1, {})])
        end.close()
        await until(lambda: ends.lost == 1 and not ends.link.connected)
        ends.link.say(Skew(5))
        ends.link.say(Acked(1, 2, 9))
        ends.link.say(WantSample(bytes(32), 1))
        again = SensorEnd(ends.path)
        found = await hear(again, 2)
        assert set(found) == {Acked(1, 2, 9), Skew(5)}  # an ask is the collector's to repeat
        again.close()


async def test_choices_for_as_many_rules_as_there_may_be_arrive_and_are_said_again(tmp_path):
    ends, most = Ends(tmp_path), Choices(b"q" * 6 * 5_000, b"u" * 6 * 3_000)
    async with ends.running():
        ends.link.say(Choices(b"before", b""))
        ends.link.say(most)
        end = SensorEnd(ends.path)
        assert await hear(end, 1) == [most]
        end.close()
        await until(lambda: ends.lost == 1)
        again = SensorEnd(ends.path)
        assert await hear(again, 1) == [most]
        again.close()


async def test_a_loss_is_said_again_before_what_is_acknowledged_behind_it(tmp_path):
    ends = Ends(tmp_path)
    async with ends.running():
        for message in (Acked(1, 2, 10), Lost(1, 2, 11, 20), Lost(1, 3, 5, 6), Acked(1, 2, 30)):
            ends.link.say(message)
        end = SensorEnd(ends.path)
        assert await hear(end, 3) == [Lost(1, 2, 11, 20), Lost(1, 3, 5, 6), Acked(1, 2, 30)]
        for heads in (Heads(1, 1, {2: (20, 40), 3: (7, 9)}), Heads(2, 2, {2: (99, 99)})):
            end.send(heads)
        await until(lambda: len(ends.heard) == 2)
        end.close()
        await until(lambda: ends.lost == 1)
        again = SensorEnd(ends.path)
        assert await hear(again, 2) == [Lost(1, 2, 11, 20), Acked(1, 2, 30)]
        again.close()


async def test_later_words_replace_earlier_ones_that_could_not_be_said(tmp_path):
    ends = Ends(tmp_path)
    end = SensorEnd(ends.path)
    async with ends.running():
        await until(lambda: ends.link.connected)
        for number in range(5000):
            ends.link.say(Acked(1, 2, number))
        ends.link.say(Renew(1, "x"))
        ends.link.say(Staged(4))
        found = []
        await until(lambda: found.extend(end.receive()[0]) or Staged(4) in found)
        assert Acked(1, 2, 4999) in found
        assert len(found) < 5000
        assert Renew(1, "x") in found
    end.close()


async def test_a_sensor_that_breaks_the_protocol_is_left(tmp_path):
    ends = Ends(tmp_path)
    end = SensorEnd(ends.path)
    async with ends.running():
        await until(lambda: ends.link.connected and end.receive() is not None and end.connected)
        end._pipe._sock.send(b"garbage")
        await until(lambda: ends.lost)
    end.close()


async def test_a_descriptor_that_nobody_wants_is_closed():
    fd = os.open("/dev/null", os.O_RDONLY)
    discard(Sample(bytes(32), 1, fd))
    discard(Skew(1))
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(fd)
