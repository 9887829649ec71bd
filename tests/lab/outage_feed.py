"""What a host of the outage lane lives through: working days, and an attacker who floods. Not a lane itself.

A day has the office's work of the benches (recordings where TRAMGAC_TEST_DATA names them) in bursts between morning and
evening, health once a minute, and a few attacks that rules meet.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from tramgac_proto.event_pb2 import LANE_BULK, Event
from tramgac_wire.limits import MAX_EVENT_BYTES

from tests.bench.workstation import stream
from tests.lab.outage_host import SECOND, Host

DAY_S, ON_S, OFF_S = 86_400, 7 * 3_600, 18 * 3_600
MINUTE = 60 * SECOND
BURST = 9
"""Events that come together, on average."""
ATTACKS = 3
"""A day."""
TURN = 50_000_000
"""A busy sensor process wakes so often, nanoseconds."""
A_TURN = 1_000
"""Events of the flood in a turn: 20,000 a second."""
_HOSTILE = (
    "/tmp/'; DROP TABLE events; --{}",
    "/tmp/<script>alert({})</script>",
    "/tmp/{{{{7*7}}}}/${{jndi:ldap://a/{}}}",
    "/tmp/\u202egpj.exe{}\u0000\r\n\x1b[2J",
    "/" + "../" * 60 + "etc/shadow{}",
    "/tmp/\U0001f480" * 12 + "{}",
    '/tmp/"=cmd|{}"!A1,\t;\\',
)
_LARGE, _TOO_LARGE = 5_000, 20_000  # one of so many


@dataclass
class Feed:
    """Hands events to a host."""

    host: Host
    events_a_day: int
    seed: int = 1

    def __post_init__(self) -> None:
        """Begin the stream of work."""
        self._chance = random.Random(self.seed)
        self._work = stream(self.seed)
        self._health = 0

    def day(self, number: int, *, power_cut: bool = False) -> None:
        """One day, from switching on to switching off; `power_cut`: at the wall, a moment after health was told."""
        host, chance = self.host, self._chance
        host.now = int((number * DAY_S + chance.gauss(ON_S, 900)) * SECOND)
        end = int((number * DAY_S + chance.gauss(OFF_S, 900)) * SECOND)
        host.boot()
        self._health = host.now
        self.until(end)
        if power_cut:
            self.burst(BURST)
            host.health()
            host.turn()
            self.burst(BURST)
            host.lose_power()
        else:
            host.shut_down()

    def until(self, end: int) -> None:
        """Work until a time of the host's clock."""
        chance, host = self._chance, self.host
        bursts = max(1, round(self.events_a_day / BURST * (end - host.now) / (OFF_S - ON_S) / SECOND))
        attacks = set(chance.sample(range(bursts), min(ATTACKS, bursts)))
        for number, at in enumerate(sorted(chance.randrange(host.now, end) for _ in range(bursts))):
            self._minutes(at)
            self.burst(1 + int(chance.expovariate(1 / (BURST - 1))), attack=number in attacks)
        self._minutes(end)

    def burst(self, count: int, *, attack: bool = False) -> None:
        """Some events that come together; one more that is an attack."""
        host = self.host
        for number in range(count):
            host.emit(Event.FromString(next(self._work)))
            if number % 4 == 3:
                host.now += TURN
                host.turn()
        if attack:
            host.emit(_attack(self.host.wall), planted=True)
        host.now += TURN
        host.turn()

    def _minutes(self, end: int) -> None:
        """Say each minute how it is, until then."""
        host = self.host
        while self._health + MINUTE <= end:
            self._health += MINUTE
            host.now = max(host.now, self._health)
            host.health()
            host.turn()
        host.now = max(host.now, end)

    def flood(self, count: int) -> None:
        """So many events of bulk as fast as can be, with hostile values; work and an attack now and then go on."""
        host = self.host
        for number, event in enumerate(hostile(count, self._chance)):
            if number % A_TURN == 0:
                assert host.triage.lane(event) == LANE_BULK
            host.emit(event, lane=LANE_BULK)
            if number % A_TURN == A_TURN - 1:
                host.now += TURN
                host.turn()
            if number % (20 * A_TURN) == 0:
                self.burst(BURST, attack=True)
                self._minutes(host.now)


def _attack(moment: int) -> Event:
    made = Event()
    process = made.process_start.process
    process.entity_id, process.pid, process.user, process.executable = moment >> 10, 4_242, "an", "/usr/bin/rm"
    process.command_line = f"rm -f /var/log/auth.log m{moment}"
    made.process_start.parent.executable = "/usr/bin/bash"
    return made


def hostile(count: int, chance: random.Random) -> Iterator[Event]:
    """Events of files that an attacker makes: long names that do not compress, some enormous, some too large."""
    made = Event()
    for number in range(count):
        made.Clear()
        touched = made.file_create if number % 2 else made.file_write
        name = _HOSTILE[number % len(_HOSTILE)].format(number)
        touched.path = f"{name}/{chance.getrandbits(1_600):x}"
        touched.process.executable = f"/tmp/{chance.getrandbits(64):x}"
        touched.process.entity_id, touched.process.pid = chance.getrandbits(63), number % 30_000 + 1
        if number % _LARGE == _LARGE - 1:
            touched.process.command_line = "x" * (MAX_EVENT_BYTES - 2_000)
        if number % _TOO_LARGE == _TOO_LARGE - 1:
            touched.process.command_line = "x" * MAX_EVENT_BYTES
        yield made
