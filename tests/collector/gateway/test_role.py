import asyncio
import json
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from tramgac_collector import database, hosts, ready, tokens
from tramgac_collector.ca import Authority, host_of
from tramgac_collector.gateway.role import _until
from tramgac_collector.ingest import consume

from tests.collector.station import Agent, prepare, request_of, start_of


def start(paths):
    paths.ready("gateway").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tramgac_collector.main", "gateway", "--state", str(paths.root)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while ready.pid(paths, "gateway") != process.pid:
        assert process.poll() is None, paths.role_log("gateway").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process, f"127.0.0.1:{json.loads(paths.gateway.read_text())['session']}"


@pytest.mark.asyncio
async def test_a_killed_gateway_has_lost_nothing_it_acknowledged(tmp_path):
    import datetime as dt

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    paths = prepare(tmp_path)
    key = ec.generate_private_key(ec.SECP256R1())
    authority = Authority.load(paths.ca_key, paths.ca_certificate)
    _, leaf = authority.agent_leaf(request_of(key), "5", days=1, now=dt.datetime.now(dt.UTC))
    engine = database.open_database(paths.database_url)
    with database.session(engine) as s:
        secret, _ = tokens.create(s, uses=1, ttl_s=60, site="", by="", now=time.time_ns())
        row = tokens.redeem(s, secret, time.time_ns())
        hosts.enrol(s, host_of(key.public_key()), "pc", "linux", "1", "5", row, time.time_ns())
    engine.dispose()
    process, address = start(paths)
    certificate = leaf.public_bytes(serialization.Encoding.PEM)
    agent = Agent(address, key, certificate, paths.ca_certificate.read_bytes())
    await agent.hello()
    for number in range(1, 101):
        await agent.send([start_of(number)])
    await agent.until_acked(40)
    process.kill()
    process.wait()
    await agent.close()
    assert {s for e in consume(paths, 0) for s, _ in e.events()} >= set(range(1, 41))
    process, agent.address = start(paths)
    welcome = await agent.hello()
    (mark,) = welcome.welcome.acked
    assert mark.sequence >= 40
    again = [start_of(number) for number in range(mark.sequence + 1, 121)]
    stored = [blob for entry in consume(paths, 0) for _, blob in entry.events()]
    from tramgac_wire import chain

    agent.next, agent.previous = mark.sequence + 1, chain.extend(chain.START, stored)
    await agent.send(again)
    await agent.until_acked(120)
    assert [s for e in consume(paths, 0) for s, _ in e.events()] == list(range(1, 121))
    process.send_signal(signal.SIGTERM)
    assert (await agent.until_goodbye()).goodbye.retry_after_ms == 1_000
    assert process.wait(20) == 0
    assert not paths.ready("gateway").exists()
    await agent.close()


@pytest.mark.asyncio
async def test_a_gateway_that_nobody_looks_after_ends():
    async def broken():
        raise RuntimeError("nobody foresaw it")

    log = SimpleNamespace(check=lambda: None)
    with pytest.raises(RuntimeError, match="nobody foresaw it"):
        await asyncio.wait_for(_until(asyncio.Event(), log, asyncio.create_task(broken())), 10)
