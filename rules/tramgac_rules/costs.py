"""What rules cost and how often they are met; a rule over its budget is parked: no longer evaluated, and told.

Hits are exact. Time is a sample: on one of SAMPLE events that leave something to test (and values that filters alone
decide on), the tests of each rule are timed, and the sum is taken SAMPLE times. It is the rule's own time; the search
for literals, which all rules of a class share, is in no rule's account. A single test counts as MOST at the longest, so
that neither a burst of another program nor one value made to be dear parks a rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter_ns

from tramgac_rules.evaluate import Test, View
from tramgac_rules.rule import Rule

SAMPLE = 17  # a prime: nothing that comes in turns is always, or never, of the sample
MOST = 250_000  # ns


@dataclass(frozen=True, slots=True)
class Budget:
    """What a rule may cost on average: `microseconds` an event, over `window` events of any kind."""

    microseconds: float = 25.0
    window: int = 20_000


@dataclass(frozen=True, slots=True)
class Cost:
    """What one rule has cost since its judge was made.

    `hits`: events that met it. `tests`: events, about, that its literals left possible and that were tested.
    `seconds`: of those tests, about. `parked`: why it is not evaluated now; "" while it is.
    """

    rule: Rule
    hits: int
    tests: int
    seconds: float
    parked: str


class Ledger:
    """The accounts of all rules of a judge, by the rule's number; written by its classes and columns."""

    __slots__ = ("_charged", "_clock", "_left", "_tests", "hits", "spent")

    def __init__(self, rules: int, clock: Callable[[], int] = perf_counter_ns) -> None:
        """Begin with nothing for this many rules. `clock`: ns that only grow."""
        self._clock = clock
        self._left = SAMPLE
        self._tests = [0] * rules
        self._charged = [0] * rules
        self.hits = [0] * rules
        self.spent = [0] * rules
        """Nanoseconds in the sample since the last review."""

    def due(self) -> bool:
        """Tell whether the tests at hand are of the sample."""
        self._left -= 1
        if self._left:
            return False
        self._left = SAMPLE
        return True

    def timed(self, number: int, test: Callable[[], bool]) -> bool:
        """Run a rule's test on its account."""
        before = self._clock()
        truth = test()
        self._tests[number] += 1
        self.spent[number] += min(self._clock() - before, MOST)
        return truth

    def watched(self, number: int, test: Test) -> Test:
        """Return a rule's test that is run on its account when it is of the sample."""

        def watched(view: View) -> bool:
            return self.timed(number, partial(test, view)) if self.due() else test(view)

        return watched

    def dear(self, budget: Budget, events: int) -> Sequence[tuple[int, float]]:
        """Return the rules over budget in so many events, with their microseconds an event; begin the next window."""
        limit = budget.microseconds * 1_000 * events / SAMPLE
        found = [(number, spent * SAMPLE / events / 1_000) for number, spent in enumerate(self.spent) if spent > limit]
        for number, spent in enumerate(self.spent):
            self._charged[number] += spent
            self.spent[number] = 0
        return found

    def account(self, number: int) -> tuple[int, int, float]:
        """Return hits, tests and seconds of a rule."""
        seconds = (self._charged[number] + self.spent[number]) * SAMPLE / 1e9
        return self.hits[number], self._tests[number] * SAMPLE, seconds
