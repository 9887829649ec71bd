"""A class of rules: all that can be met by records of one channel and event id, or of one kind.

Each rule is one bit. Columns rule out what a record cannot meet; what is left, a few, is tested.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from tramgac_rules.alike import Alike
from tramgac_rules.columns import Asked, Bits, Column, Keywords
from tramgac_rules.costs import Ledger
from tramgac_rules.evaluate import Fields, Test, View, compile_node
from tramgac_rules.memory import Memory, Value, remembered
from tramgac_rules.plan import Literal, Plan, plan, triggers
from tramgac_rules.rarity import Rarity
from tramgac_rules.rule import Rule
from tramgac_rules.tree import Node, atoms, fields_of


@dataclass(frozen=True, slots=True)
class Member:
    """A rule with its logic, as it is for a class; `number` is the rule's in the judge's ledger."""

    number: int
    rule: Rule
    logic: Node


class Group:
    """Rules with their logic, as it is for this class."""

    def __init__(
        self, members: Sequence[Member], memory: Memory, common: Mapping[Literal, int], ledger: Ledger
    ) -> None:
        """Index the rules; their tests are compiled when they are first needed."""
        chance = Rarity((member.logic for member in members), common)
        plans = [plan(member.logic, chance) for member in members]
        self._rules = tuple(member.rule for member in members)
        self._numbers = tuple(member.number for member in members)
        self._ledger = ledger
        self._memory = memory
        self._residues = [found.residue for found in plans]
        self._read = sorted({name for node in self._residues if node is not None for name in fields_of(node)})
        self._whole = _bits(node is not None and reads_all(node) for node in self._residues)
        self._tests: list[Test | None] = [None] * len(members)
        everyone = self._awake = (1 << len(members)) - 1
        self._settled = everyone & ~_bits(bool(found.across) for found in plans)
        self._tested = _bits(found.residue is not None for found in plans)
        asked = _asked(plans, [partial(ledger.watched, number) for number in self._numbers])
        keywords = asked.pop(None, None)
        self._keywords = None if keywords is None else Keywords(everyone, keywords, memory)
        columns = [(name, Column(name, everyone, parts, memory)) for name, parts in asked.items() if name is not None]
        # Those that support rules are looked at first: which rules have any support is known after them.
        supports = {name for name, parts in asked.items() if any(entry.across for entry in parts.entries.values())}
        self._supporting = tuple(pair for pair in columns if pair[0] in supports)
        self._columns = tuple(pair for pair in columns if pair[0] not in supports)

    def match(self, fields: Fields) -> tuple[Rule, ...]:
        """Return the rules that a record's fields meet."""
        possible = self._possible(fields)
        return self._met(possible, fields) if possible else ()

    def match_all(self, alike: Alike) -> dict[int, tuple[Rule, ...]]:
        """Return the same for many events of this class: what each meets, by its index, of those that meet a rule."""
        possible = self._possible_all(alike)
        left = [index for index, bits in enumerate(possible) if bits]
        found: dict[int, tuple[Rule, ...]] = {}
        for index, some in zip(left, alike.rows(left, self._read), strict=True):
            bits = possible[index]
            met = self._met(bits, alike.record(index).fields if bits & self._whole else some)
            if met:
                found[index] = met
        return found

    def _met(self, possible: int, fields: Fields) -> tuple[Rule, ...]:
        """Return the rules that a record meets of those that are possible; `fields`: those at least that tests read."""
        doubtful = possible & self._tested
        if doubtful:
            possible ^= doubtful
            possible |= self._timed(doubtful, fields) if self._ledger.due() else self._held(doubtful, fields)
        met = []
        while possible:
            lowest = possible & -possible
            possible ^= lowest
            bit = lowest.bit_length() - 1
            met.append(self._rules[bit])
            self._ledger.hits[self._numbers[bit]] += 1
        return tuple(met)

    def park(self, numbers: Container[int]) -> None:
        """Evaluate all rules but these."""
        self._awake = _bits(number not in numbers for number in self._numbers)

    def _held(self, doubtful: int, fields: Fields) -> int:
        """Return the bits of those of the doubtful rules whose tests a record passes."""
        view, held = View(fields), 0
        while doubtful:
            lowest = doubtful & -doubtful
            doubtful ^= lowest
            bit = lowest.bit_length() - 1
            if (self._tests[bit] or self._compile(bit))(view):
                held |= lowest
        return held

    def _timed(self, doubtful: int, fields: Fields) -> int:
        """Do the same, each test on its rule's account."""
        view, held = View(fields), 0
        while doubtful:
            lowest = doubtful & -doubtful
            doubtful ^= lowest
            bit = lowest.bit_length() - 1
            test = self._tests[bit] or self._compile(bit)
            if self._ledger.timed(self._numbers[bit], partial(test, view)):
                held |= lowest
        return held

    def _possible(self, fields: Fields) -> int:
        """Return the bits of the rules that the columns leave possible."""
        possible, supported = self._awake, self._settled
        if not possible:
            return 0
        if self._keywords is not None:
            here, across = self._keywords.look_everywhere(fields.values())
            possible &= here
            supported |= across
        get = fields.get
        for name, column in self._supporting:
            value = get(name)
            here, across = column.young.get(value) or column.miss(value)  # type: ignore[arg-type]  # None is in young
            possible &= here
            if across:
                supported |= across
        possible &= supported
        for name, column in self._columns:
            if possible & column.asks:
                value = get(name)
                possible &= (column.young.get(value) or column.miss(value))[0]  # type: ignore[arg-type]  # None is in it
            elif not possible:
                return 0
        return possible

    def _possible_all(self, alike: Alike) -> list[int]:
        """Return the same for many events: a column at a time."""
        always, count = self._awake, len(alike)
        if not always:
            return [0] * count
        found: list[list[Bits]] = [] if self._keywords is None else [self._keywords.look_over(alike)]
        for name, column in self._supporting:
            values = alike.column(name)
            if values is None:
                always &= column.absent[0]
            else:
                found.append(column.look_all(values))
        possible, supported = [always] * count, [self._settled] * count
        for looked in found:
            possible = [bits & here for bits, (here, _) in zip(possible, looked, strict=True)]
            supported = [bits | across for bits, (_, across) in zip(supported, looked, strict=True)]
        possible = [bits & some for bits, some in zip(possible, supported, strict=True)]
        for name, column in self._columns:
            if not any(possible):
                break
            possible = _narrowed(possible, column, alike.column(name))
        return possible

    def _compile(self, bit: int) -> Test:
        residue = self._residues[bit]
        assert residue is not None
        test, fields = compile_node(residue), fields_of(residue)
        if not reads_all(residue):
            test = remembered(test, fields, self._memory)
        self._tests[bit] = test
        return test


def reads_all(node: Node) -> bool:
    """Tell whether a test reads all fields, as keywords do, which name none."""
    return any(atom.field is None for atom in atoms(node))


def _narrowed(possible: Sequence[int], column: Column, values: Sequence[Value] | None) -> list[int]:
    """Return what a column leaves of the bits of many events; `values`: None where it is absent of all."""
    if values is None:
        absent = column.absent[0]
        return [bits & absent for bits in possible]
    asks, known, miss = column.asks, column.young.get, column.miss
    return [
        bits & (known(value) or miss(value))[0] if bits & asks else bits  # type: ignore[arg-type]  # None is in young
        for bits, value in zip(possible, values, strict=True)
    ]


def _bits(truths: Iterable[bool]) -> int:
    return sum(1 << bit for bit, truth in enumerate(truths) if truth)


def _asked(plans: Sequence[Plan], watched: Sequence[Callable[[Test], Test]]) -> dict[str | None, Asked]:
    """Return what each field is asked for by all rules. `watched`: puts a test on the account of its rule."""
    asked: defaultdict[str | None, Asked] = defaultdict(Asked)
    for number, found in enumerate(plans):
        bit = 1 << number
        for name, literals in found.literals.items():
            asked[name].positive |= bit
            for literal in literals:
                asked[name].entries[literal].here |= bit
        for name, literal in found.across:
            asked[name].entries[literal].across |= bit
        for name, node in found.refusals.items():
            tests = asked[name].refusals
            for literal in triggers(node):
                asked[name].entries[literal].refusals.append(len(tests))
            tests.append((bit, watched[number](compile_node(node))))
    return dict(asked)
