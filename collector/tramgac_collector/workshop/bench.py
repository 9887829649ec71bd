"""What rules cost on recorded events."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import process_time

from tramgac_rules.costs import Cost
from tramgac_rules.record import Record

from tramgac_collector.workshop.events import Reading, Source
from tramgac_collector.workshop.trying import RuleSet

MOST = 200_000
"""So many events are measured; they stand in memory."""


@dataclass(frozen=True, slots=True)
class Bench:
    """How many events, how long all rules took for them (processor time), the account of each rule; what was read."""

    events: int
    seconds: float
    costs: Sequence[Cost]
    reading: Reading

    @property
    def each(self) -> float:
        """Microseconds an event, of all rules together."""
        return 1e6 * self.seconds / self.events if self.events else 0.0

    def share(self, cost: Cost) -> float:
        """Microseconds an event that a rule took for itself, about."""
        return 1e6 * cost.seconds / self.events if self.events else 0.0


def measure(rules: RuleSet, sources: Iterable[Source]) -> Bench:
    """Judge events that were read before, twice: what is built at the first touch is not measured."""
    records: list[Record] = []
    reading = Reading()
    for _, entry in reading.entries(sources):
        if entry.record is not None and len(records) < MOST:
            records.append(entry.record)
    for record in records[: MOST // 20]:
        rules.judge.match(record)
    before = {cost.rule.id: cost for cost in rules.judge.costs()}
    began = process_time()
    for record in records:
        rules.judge.match(record)
    seconds = process_time() - began
    return Bench(len(records), seconds, [_since(cost, before[cost.rule.id]) for cost in rules.judge.costs()], reading)


def _since(cost: Cost, before: Cost) -> Cost:
    spent = cost.seconds - before.seconds
    return Cost(cost.rule, cost.hits - before.hits, cost.tests - before.tests, spent, cost.parked)
