import asyncio
import json
from typing import ClassVar

import pytest
from tramgac_collector import content, exception_book
from tramgac_collector.api.errors import Unavailable
from tramgac_collector.api.routes import backtest
from tramgac_collector.database import session
from tramgac_collector.exception_book import Wanted

from tests.collector.authored import Author
from tests.tools.console import HOST, Console

PATH = "/api/rules/backtest"
SINCE = {"since": "2026-09-01"}
PACK = {"format": 2, "rules": [{"id": "r"}]}


class Fake:
    """A backtest that tells two lines."""

    tasks: ClassVar[list] = []
    ended = 0

    @classmethod
    async def begin(cls, task):
        cls.tasks.append(json.loads(task))
        return cls()

    async def lines(self):
        yield b'{"progress": {}}\n'
        yield b'{"summary": {}}\n'

    async def end(self):
        Fake.ended += 1


@pytest.fixture
def fake(monkeypatch):
    Fake.tasks, Fake.ended = [], 0
    monkeypatch.setattr(backtest, "Trial", Fake)
    return Fake


def test_compiled_rules_are_tried_with_what_is_known_of_hosts(console: Console, fake):
    console.enrol(HOST, "máy-1", 1)
    client = console.signed_in("author")
    for _ in range(2):
        answer = client.post(PATH, params={**SINCE, "until": "2026-09-02"}, json={"pack": PACK})
        assert (answer.status_code, answer.text.splitlines()) == (200, ['{"progress": {}}', '{"summary": {}}'])
    task = fake.tasks[0]
    assert (task["pack"], task["hosts"]) == (PACK, {HOST: ["linux", "máy-1", ""]})
    assert (task["exceptions"], task["now"], task["titles_vi"]) == ([], console.clock(), {"r": ""})
    assert (task["until"] - task["since"], task["state"]) == (86_400 * 10**9, str(console.services.paths.root))
    assert (fake.ended, console.services.backtests.locked()) == (2, False)
    client.post(PATH, params=SINCE, json={"pack": PACK})
    assert fake.tasks[-1]["until"] == console.clock()


def test_rules_on_offer_are_tried_by_their_ids(console: Console, fake, tmp_path):
    author = Author(tmp_path / "author")
    wanted = author.sigma("evil")
    author.sigma("curl", number=2)
    author.yara("evil")
    with session(console.engine) as s:
        content.publish(s, console.services.paths, author.sign(), "an", console.clock())
    client = console.signed_in("author")
    assert client.post(PATH, params=SINCE, json={"rules": [wanted]}).status_code == 200
    assert [rule["id"] for rule in fake.tasks[0]["pack"]["rules"]] == [wanted]
    (yara,) = (number for number, rule in console.services.rulebook.rules().items() if rule["engine"] == "yara")
    for rules, refusal in ((["nothing"], "rule_unknown"), ([yara], "backtest_none"), ([], "backtest_none")):
        answer = client.post(PATH, params=SINCE, json={"rules": rules})
        assert answer.json()["params"]["refusal"] == refusal
    assert len(fake.tasks) == 1


def test_exceptions_in_force_are_asked_unless_nobody_wants_them(console: Console, fake):
    with session(console.engine) as s:
        exception_book.state(s, Wanted("r", "user.name:an", "an", "x", expires=console.clock() + 5), console.clock())
    client = console.signed_in("author")
    for more in ({}, {"exceptions": False}):
        assert client.post(PATH, params={**SINCE, **more}, json={"pack": PACK}).status_code == 200
    stated = [[1, "r", "", "user.name:an", console.clock() + 5]]
    assert [task["exceptions"] for task in fake.tasks] == [stated, []]


def test_one_at_a_time(console: Console, fake, monkeypatch):
    client = console.signed_in("author")
    asyncio.run(console.services.backtests.acquire())
    answer = client.post(PATH, params=SINCE, json={"pack": PACK})
    assert (answer.status_code, answer.json()["params"]["refusal"]) == (503, "backtest_busy")
    console.services.backtests.release()

    async def begin(_task):
        raise Unavailable(reason="gone")

    monkeypatch.setattr(fake, "begin", begin)
    assert client.post(PATH, params=SINCE, json={"pack": PACK}).status_code == 503
    assert not console.services.backtests.locked()


@pytest.mark.parametrize(
    ("params", "body"),
    [
        ({"since": "yesterday"}, {"pack": PACK}),
        ({**SINCE, "until": "2026-08-01"}, {"pack": PACK}),
        (SINCE, {"pack": 7}),
        (SINCE, {"packs": PACK}),
        (SINCE, {"pack": {}}),
        ({}, {"pack": PACK}),
    ],
)
def test_what_is_no_question_is_refused(console: Console, fake, params, body):
    assert console.signed_in("author").post(PATH, params=params, json=body).status_code == 422
    assert (fake.tasks, console.services.backtests.locked()) == ([], False)


def test_who_reads_rules_may_not(console: Console, fake):
    assert console.signed_in("analyst").post(PATH, params=SINCE, json={"pack": PACK}).status_code == 403


def test_one_that_nobody_waits_for_does_not_even_begin(console: Console, fake, monkeypatch):
    cancelled = []

    async def begin(_task):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(1)
            raise

    async def away(*_):
        return True

    monkeypatch.setattr(fake, "begin", begin)
    monkeypatch.setattr("tramgac_collector.api.wanted.LOOK_EVERY_S", 0.001)
    monkeypatch.setattr("starlette.requests.Request.is_disconnected", away)
    assert console.signed_in("author").post(PATH, params=SINCE, json={"pack": PACK}).status_code == 503
    assert (cancelled, console.services.backtests.locked()) == ([1], False)
