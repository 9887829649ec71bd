"""Correlations and matches in few words, rows in memory, and a flow of matches in any order; for tests."""

import contextlib

from tramgac_rules.correlation.condition import Bounds, Ways
from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.late import restore, settle
from tramgac_rules.correlation.model import Correlation, Match, Position, Window, position
from tramgac_rules.rule import Rule

SECOND = 1_000_000_000


def about(number, title="rule"):
    return Rule(id=f"c{number}", title=f"{title} {number}", level="high", digest=f"{number:016x}")


def correlation(kind, *bounds, rules=1, span=10, number=0, group_by=("user",), ways=None, **more):
    """A correlation of a type with conditions such as ("gte", 3); `span` in seconds; rules are named r0, r1, ..."""
    names = rules if isinstance(rules, tuple) else tuple(f"r{i}" for i in range(rules))
    condition = Bounds(bounds) if ways is None else Ways(ways, "as written")
    fields = tuple(group_by for _ in names)
    values = tuple(("v",) if kind.startswith("value") else () for _ in names)
    return Correlation(
        about(number), kind, names, group_by, more.pop("fields", fields), more.pop("values", values),
        int(span * SECOND), condition, **more,
    )  # fmt: skip


def match(time, *, event=None, turn=0, group=("an",), value="", host="h"):
    """A match at a time in seconds; its sequence is `event`, or told by the time."""
    sequence = int(time * 1000) if event is None else event
    return Match(int(time * SECOND), (host, 1, 2, sequence), turn, group, value)


class Book:
    """Rows in memory."""

    def __init__(self):
        self.rows: set[tuple[int, Match]] = set()
        self.ended: dict[tuple[int, str], tuple[Window, bool]] = {}
        self.withdrawn: list[tuple[str, str]] = []
        self.by_host: dict[int, bool] = {}

    def put_match(self, index, match):
        self.rows.add((index, match))

    def drop_match(self, index, match):
        self.rows.discard((index, match))

    def put_window(self, index, window, *, final):
        was = self.ended.get((index, window.id))
        if final or was is None:
            self.ended[index, window.id] = (window, final)

    def drop_window(self, index, window, instead, *, final):
        if self.ended.get((index, window.id), (window, not final))[1] is final:
            del self.ended[index, window.id]
            self.withdrawn.append((window.id, instead))

    def _final(self, index, group=None):
        found = [w for (i, _), (w, final) in self.ended.items() if i == index and final]
        return sorted((w for w in found if group in (None, w.group)), key=lambda w: w.end)

    def last_end(self, index, group, before: Position):
        ends = [window.end for window in self._final(index, group) if window.end < before]
        return max(ends, default=None)

    def windows(self, index, group, after, until):
        found = [window for window in self._final(index, group) if window.end[0] <= until]
        return [window for window in found if after is None or window.end > after]

    def matches(self, index, group, after, since, until):
        own = [each for i, each in self.rows if (i, each.group) == (index, group) and since <= each.time <= until]
        return [each for each in own if after is None or position(each) > after]

    def provisional(self, index):
        return [window for (i, _), (window, final) in self.ended.items() if i == index and not final]

    def ends(self, index):
        found = {}
        for window in self._final(index):
            part = window.group[0] if self.by_host.get(index) else ""
            found[part] = max(window.end[0], found.get(part, 0))
        return found

    def live(self, index):
        for i, each in self.rows:
            if i == index:
                last = max((w.end for w in self._final(index, each.group)), default=None)
                if last is None or position(each) > last:
                    yield each


def told(book: Book, *, fired=True):
    """What the rows say in the end: windows by correlation and id."""
    return {key: window for key, (window, final) in book.ended.items() if final and (window.fired or not fired)}


class Flow:
    """Matches through a correlator with rows; the watermark is `lateness` seconds behind the greatest time seen."""

    def __init__(self, *correlations, lateness=5, limits=None, early=True):
        self.correlations, self.limits, self.early = correlations, limits, early
        self.lateness = int(lateness * SECOND)
        self.book = Book()
        self.book.by_host = {i: each.by_host for i, each in enumerate(correlations)}
        self.correlator = Correlator(correlations, limits, early=early)
        self.seen: dict[str, int] = {}

    @contextlib.contextmanager
    def rows(self):
        """What is written to, as one transaction."""
        yield self.book

    def told(self):
        """What fired, by correlation and id."""
        return told(self.book)

    def send(self, *items):
        """Send (index, match) pairs, or matches of the first correlation, as one block."""
        with self.rows() as rows:
            for item in items:
                index, each = (0, item) if isinstance(item, Match) else item
                rows.put_match(index, each)
                self.correlator.add(index, each)
                for part in ("", each.event[0]):
                    self.seen[part] = max(self.seen.get(part, 0), each.time)
            for part, time in self.seen.items():
                self.correlator.advance(part, time - self.lateness)
            settle(self.correlator, rows)
        return self

    def restart(self):
        """As if killed and started again."""
        self.correlator = Correlator(self.correlations, self.limits, early=self.early)
        with self.rows() as rows:
            restore(self.correlator, rows)
            settle(self.correlator, rows)
        return self

    def end(self):
        """Let the watermark pass everything; return what fired."""
        with self.rows() as rows:
            for part in sorted(self.seen, reverse=True):
                self.correlator.advance(part, 10**18)
            settle(self.correlator, rows)
        return self.told()
