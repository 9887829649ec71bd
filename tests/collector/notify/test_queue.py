"""The machine of one channel, against what it promises whatever comes in whatever order."""

import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tramgac_collector.notify import queue
from tramgac_collector.notify.queue import LAST_WAIT, MINUTE, REST, SECOND, SETTLE, SHOWN, Queue, wait

from tests.collector.notify.briefs import brief

WINDOW = 300 * SECOND
NOW = 1_790_000_000_000_000_000


def take(made: Queue, number: int = 1, key: str = "a", now: int = NOW, language: str = "vi", **changes):
    return made.take(brief(number, **changes), key, language, WINDOW, now)


def test_the_first_goes_soon_and_what_follows_when_the_window_is_over():
    made = Queue(per_minute=6, tries=3)
    for number in range(300):
        take(made, number, now=NOW + number)
    assert made.choose(NOW) == ()
    assert made.wake(NOW) == NOW + SETTLE
    (first,) = made.choose(NOW + SETTLE)
    assert (first.count, len(first.shown)) == (300, SHOWN)
    assert made.choose(NOW + SETTLE) == (), "one message at a time"
    take(made, 301, now=NOW + SETTLE)
    assert made.sent(NOW + SETTLE).gone == [first]
    take(made, 302, now=NOW + 2 * SETTLE)
    assert made.wake(NOW + 2 * SETTLE) == NOW + 2 * SETTLE, "it came while the first was on its way"
    (second,) = made.choose(NOW + 2 * SETTLE)
    assert second.count == 2
    made.sent(NOW + 2 * SETTLE)
    take(made, 303, now=NOW + 3 * SETTLE)
    assert made.wake(NOW + 3 * SETTLE) == NOW + 2 * SETTLE + WINDOW


def test_a_flood_of_kinds_goes_out_together_and_no_more_often_than_it_may():
    made, now, messages = Queue(per_minute=2, tries=3), NOW + SETTLE, []
    for number in range(100):
        take(made, number, key=f"rule {number}")
    while made.notices:
        chosen = made.choose(now)
        if not chosen:
            now = made.wake(now)
            continue
        messages.append((now, len(chosen)))
        made.sent(now)
    assert [count for _, count in messages] == [100]
    for number in range(3):
        take(made, number, key=f"rule {1000 + number}", now=now)
    now += SETTLE
    assert len(made.choose(now)) == 3, "more are due than may go"
    made.sent(now)
    take(made, key="one more", now=now)
    assert made.choose(now + SETTLE) == ()
    assert made.wake(now + SETTLE) == messages[0][0] + MINUTE


def test_what_failed_is_tried_later_by_itself_and_given_up_in_the_end():
    made, now = Queue(per_minute=60, tries=3), NOW + SETTLE
    take(made)
    tried = []
    while made.notices:
        (chosen,) = made.choose(now)
        take(made, 2, key="other", now=now)
        outcome = made.failed("down", now, 0.0)
        assert (chosen.tries, chosen.reason) == (len(tried) + 1, "down")
        tried.append(now)
        made.notices = {number: found for number, found in made.notices.items() if found is chosen}
        made._open.clear()
        now = chosen.due
    assert outcome.gone == [chosen]
    assert [second - first for first, second in itertools.pairwise(tried)] == [15 * SECOND, 30 * SECOND]
    assert LAST_WAIT / 2 <= wait(50, 0.0) < wait(50, 0.999) <= LAST_WAIT


def test_languages_and_what_failed_are_not_mixed():
    made, now = Queue(per_minute=1, tries=9), NOW + SETTLE
    take(made, key="a", language="vi")
    take(made, key="b", language="en")
    take(made, key="c", language="vi")
    assert [found.key for found in made.choose(now)] == ["a", "c"]
    made.failed("down", now, 0.0)
    take(made, key="a", now=now + MINUTE)
    now += 10 * MINUTE
    assert [found.key for found in made.choose(now)] == ["b"]
    made.sent(now)
    now += MINUTE
    assert [(found.key, found.tries) for found in made.choose(now)] == [("a", 1), ("c", 1)]


def test_what_does_not_fit_is_told_by_number(monkeypatch):
    monkeypatch.setattr(queue, "MOST", 3)
    made = Queue(per_minute=6, tries=3)
    for number in range(10):
        take(made, number, key=f"rule {number}", level="critical" if number == 9 else "low")
    assert [(found.key, found.count) for found in made.notices.values()][3:] == [(REST, 7)]
    assert made.notices[4].level == "critical"
    take(made, 1, key="rule 1")
    assert made.notices[2].count == 2, "what is open takes more"


def test_it_goes_on_after_a_start():
    made = Queue(per_minute=6, tries=3)
    take(made, key="a")
    take(made, key="b")
    (flying,) = made.choose(NOW + SETTLE)
    stored = [take(Queue(1, 1), key="a").changed[0], take(Queue(1, 1), key="c").changed[0]]
    stored[1].number = 7
    made.load(stored, 7)
    assert made.sending == (flying.number,)
    take(made, key="c")
    take(made, key="a")
    assert [(found.number, found.key, found.count) for found in made.notices.values()] == [
        (1, "a", 1),
        (7, "c", 2),
        (8, "a", 1),
    ]
    again = Queue(per_minute=6, tries=3)
    again.load(stored, 7)
    assert again.sending == ()


@pytest.mark.parametrize("back", [1, 3600])
def test_a_clock_that_is_set_back_stops_nothing_for_good(back):
    made = Queue(per_minute=1, tries=3)
    take(made)
    assert made.choose(NOW + SETTLE)
    made.sent(NOW + SETTLE)
    take(made, key="b", now=NOW - back * SECOND)
    assert made.wake(NOW - back * SECOND) <= NOW + MINUTE + SETTLE


class Machine(RuleBasedStateMachine):
    """Alerts come, messages go or fail, time passes; what was taken is told, given up or waits."""

    def __init__(self) -> None:
        super().__init__()
        self.made = Queue(per_minute=3, tries=4)
        self.now = NOW
        self.taken = self.told = self.lost = self.written = 0
        self.attempts: list[int] = []

    @rule(key=st.sampled_from("abcdefgh"), language=st.sampled_from(["vi", "en"]), many=st.integers(1, 15))
    def alerts(self, key: str, language: str, many: int) -> None:
        for number in range(many):
            outcome = self.made.take(brief(number), key, language, WINDOW, self.now)
            self.lost += sum(found.count for found in outcome.gone)
            self.taken += 1

    @rule(seconds=st.sampled_from([0, 1, 5, 59, 60, 300, 3_600]))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds * SECOND

    @rule()
    def choose(self) -> None:
        before = self.made.sending
        chosen = self.made.choose(self.now)
        if chosen:
            assert not before
            assert {(found.language, found.tries) for found in chosen} == {(chosen[0].language, chosen[0].tries)}
            assert all(found.due <= self.now for found in chosen)
            self.attempts.append(self.now)
            self.written = sum(found.count for found in chosen)

    @rule(good=st.booleans(), chance=st.floats(0, 0.999))
    def outcome(self, good: bool, chance: float) -> None:
        if not self.made.sending:
            return
        if good:
            self.made.sent(self.now)
            self.told += self.written  # what came meanwhile stood in no message
        else:
            gone = self.made.failed("down", self.now, chance).gone
            assert all(found.tries == 4 or found.reason == "too many notices were waiting" for found in gone)
            self.lost += sum(found.count for found in gone)

    @rule(times=st.integers(2, 10), good=st.booleans(), wait=st.booleans())
    def work(self, times: int, good: bool, wait: bool) -> None:
        """A channel that serves, or is down, for a while."""
        for _ in range(times):
            self.choose()
            self.outcome(good, 0.0)
            if wait and (wake := self.made.wake(self.now)) is not None:
                self.now = max(self.now, wake)
            self.no_minute_has_more_than_it_may()

    @rule()
    def begin_again(self) -> None:
        stored, number = list(self.made.notices.values()), self.made.number
        self.made.load(stored, number)

    @invariant()
    def nothing_is_lost_unseen(self) -> None:
        waiting = sum(found.count for found in self.made.notices.values())
        assert self.taken == self.told + self.lost + waiting
        assert len(self.made.notices) <= 2 * queue.MOST + queue.TOGETHER

    @invariant()
    def no_minute_has_more_than_it_may(self) -> None:
        for first in self.attempts[-8:]:
            assert sum(first <= at < first + MINUTE for at in self.attempts) <= 3

    @invariant()
    def what_waits_will_be_looked_at(self) -> None:
        wake = self.made.wake(self.now)
        assert (wake is None) == (not self.made.notices or bool(self.made.sending))

    def teardown(self) -> None:
        for _ in range(1_000):
            if self.made.sending:
                self.told += sum(found.count for found in self.made.sent(self.now).gone)
            elif not self.made.choose(self.now):
                if (wake := self.made.wake(self.now)) is None:
                    break
                self.now = max(wake, self.now + 1)
        assert self.taken == self.told + self.lost, "with a channel that works all is told in the end"


TestQueue = Machine.TestCase
TestQueue.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
