"""Correlations of an author in force, and hosts that meet them; for tests."""

from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.correlation_schema import WindowRow
from tramgac_collector.judging.consumer import Consumer
from tramgac_collector.judging.loading import InForce
from tramgac_collector.schema import AlertRow

from tests.collector.judging.feed import HOST, NOW, Feed, add_hosts, publish, start

SECOND = 1_000_000_000
BEGIN = NOW - 3_600 * SECOND

CORRELATION = """title: {name}
name: {name}
id: 00000000-0000-4000-9000-{number:012d}
level: high
tags: [attack.t1110]
correlation:
  type: {kind}
  rules: [{rules}]
  group-by: [{group_by}]
  timespan: {span}
  condition: {condition}
"""


def correlation(
    author, name, rules, *, number=1, kind="event_count", group_by="User", span="10m", condition="{gte: 3}"
):
    """Write a correlation into an author's folder."""
    told = {"kind": kind, "group_by": group_by, "span": span, "condition": condition, "rules": ", ".join(rules)}
    (author.rules / f"{name}.yml").write_text(CORRELATION.format(name=name, number=number, **told))


class Site:
    """A judge with correlations in force, a log that hosts write to, and a clock."""

    def __init__(self, store, state, author, *hosts):
        self.store, self.state, self.author = store, state, author
        add_hosts(store, *(hosts or (HOST,)))
        publish(store, state, author.sign())
        self.feed = Feed(state)
        self.now = NOW + 700_000_000
        self.judge = self.started()

    def started(self):
        """A judge as after a restart."""
        in_force = InForce(self.state, self.store)
        in_force.begin()
        in_force.refresh(NOW)
        made = Consumer(self.state, self.store, in_force, clock=lambda: self.now)
        made.begin()
        return made

    def send(self, *seconds, host=HOST, text="evil", user="an", lane=2, judge=True):
        """Events of a host at these seconds, as one batch, judged."""
        events = []
        for second in seconds:
            event = start(text, time=BEGIN + int(second * SECOND))
            event.process_start.process.user = user
            events.append(event)
        self.feed.send(*events, host=host, lane=lane)
        if judge:
            self.judge.drain()
        return self

    def restart(self):
        """Kill the judge and start another."""
        self.judge = self.started()
        return self

    def alerts(self):
        """Title, stage, seconds of the events, of alerts in the order of their time; none that were withdrawn."""
        with database.reading(self.store) as s:
            rows = list(s.scalars(select(AlertRow).where(AlertRow.stage != "withdrawn").order_by(AlertRow.time)))
        return [
            (row.title, row.stage, [round((each["time"] - BEGIN) / SECOND, 3) for each in row.events]) for row in rows
        ]

    def windows(self):
        """What is written of windows: how many are final, how many are not."""
        with database.reading(self.store) as s:
            final = list(s.scalars(select(WindowRow.final)))
        return final.count(True), final.count(False)

    def close(self):
        """Close the log."""
        self.feed.log.close()
