import asyncio
import threading
from concurrent.futures import Future

import pytest
from tramgac_collector.gateway.landing import Landing

pytestmark = pytest.mark.asyncio


def _finish(futures: list[Future[int]]) -> None:
    thread = threading.Thread(target=lambda: [future.set_result(place) for place, future in enumerate(futures)])
    thread.start()
    thread.join()


async def test_what_many_futures_give_is_called_back_in_order_and_wakes_the_loop_once(monkeypatch):
    landing, loop, woken, got = Landing(), asyncio.get_running_loop(), [], []
    before = loop.call_soon_threadsafe
    monkeypatch.setattr(loop, "call_soon_threadsafe", lambda *call: (woken.append(call), before(*call)))
    futures: list[Future[int]] = [Future() for _ in range(20)]
    for future in futures:
        landing.when_done(future, lambda done: got.append(done.result()))
    _finish(futures)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert got == list(range(20))
    assert len(woken) == 1
    later: Future[int] = Future()
    landing.when_done(later, lambda done: got.append(done.result()))
    later.set_result(99)
    await asyncio.sleep(0)
    assert got[-1] == 99


async def test_one_that_fails_keeps_back_no_other():
    landing, said, got = Landing(), [], []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, about: said.append(about["exception"]))
    futures: list[Future[int]] = [Future(), Future()]
    landing.when_done(futures[0], lambda done: 1 // done.result())
    landing.when_done(futures[1], lambda done: got.append(done.result()))
    _finish(futures)
    for _ in range(4):
        await asyncio.sleep(0)
    assert got == [1]
    assert isinstance(said[0], ZeroDivisionError)
