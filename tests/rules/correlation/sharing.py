"""Several correlators that share the groups of a set, rows and what they hand over in memory; for tests."""

import zlib
from collections import defaultdict

from tramgac_rules.correlation.correlator import Correlator
from tramgac_rules.correlation.late import restore, settle
from tramgac_rules.correlation.stream import DROP, EARLY

from tests.rules.correlation.making import SECOND, Book, told


class Shelf(Book):
    """The rows of one correlator: what all have written, and what is handed to others."""

    def __init__(self, book, shared, owns):
        self.__dict__.update(book.__dict__)  # the same rows
        self._shared, self.owns = shared, owns

    def hand(self, index, match, how):
        self._shared.inbox[self._shared.owner(index, match.group)].append((index, match, how))

    def provisional(self, index):
        return [window for window in super().provisional(index) if self.owns(index, window.group)]

    def live(self, index):
        return [each for each in super().live(index) if self.owns(index, each.group)]

    def ends(self, index):
        found = {}
        for window in self._final(index):
            if self.owns(index, window.group):
                part = window.group[0] if self.by_host.get(index) else ""
                found[part] = max(window.end[0], found.get(part, 0))
        return found


class Shared:
    """Matches through so many correlators; each has its hosts and its groups."""

    def __init__(self, *correlations, count, lateness=5):
        self.correlations, self.count, self.lateness = correlations, count, int(lateness * SECOND)
        self.book = Book()
        self.book.by_host = {i: each.by_host for i, each in enumerate(correlations)}
        self.inbox = defaultdict(list)
        self.seen = [defaultdict(int) for _ in range(count)]
        self.made = [self.fresh(number) for number in range(count)]

    def host_of(self, host):
        return zlib.crc32(host.encode()) % self.count

    def owner(self, index, group):
        return self.host_of(group[0] if self.correlations[index].by_host else repr(group))

    def fresh(self, number):
        """A correlator with nothing in memory, and its rows."""
        rows = Shelf(self.book, self, lambda index, group: self.owner(index, group) == number)
        return Correlator(self.correlations, owns=rows.owns), rows

    def restart(self, number):
        """Kill one and start it again."""
        self.made[number] = self.fresh(number)
        correlator, rows = self.made[number]
        restore(correlator, rows)
        settle(correlator, rows)

    def send(self, *items):
        """A block of (index, match); each goes to the correlator of its host, which hands over what is not its own."""
        for index, match in items:
            number = self.host_of(match.event[0])
            correlator, rows = self.made[number]
            if self.owner(index, match.group) != number:
                rows.hand(index, match, "put")
            else:
                rows.put_match(index, match)
                correlator.add(index, match)
            for part in ("", match.event[0]):
                self.seen[number][part] = max(self.seen[number][part], match.time)
        return self

    def look(self, number, lateness=None):
        """One takes what was handed to it and moves its watermarks."""
        correlator, rows = self.made[number]
        for index, match, how in self.inbox.pop(number, []):
            if how == EARLY:
                correlator.hasten(index, match)
            elif how == DROP:
                rows.drop_match(index, match)
                correlator.streams[index].remove(match, correlator.changes)
            else:
                rows.put_match(index, match)
                correlator.add(index, match)
        late = self.lateness if lateness is None else lateness
        for part, time in sorted(self.seen[number].items(), reverse=True):
            correlator.advance(part, time - late)
        settle(correlator, rows)

    def end(self):
        """Let all watermarks pass everything; return what fired."""
        for _ in range(2 * len(self.correlations) + 2):
            for number in range(self.count):
                self.seen[number][""] += 10**18
                self.look(number, -(10**18))
        assert not any(self.inbox.values())
        return told(self.book)
