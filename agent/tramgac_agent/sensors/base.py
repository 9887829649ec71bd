"""What a sensor is and what it hands over.

A sensor watches one capability (process, file, network) by one mechanism (its rung). It gives
observations: plain facts as the system told them. Names of users, ancestry and hashes are joined
later, so that a sensor stays small and the same facts look the same from every rung.

"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tramgac_proto.event_pb2 import Mechanism

    from tramgac_agent.observations import Observation
    from tramgac_agent.sensors.scope import Scope


class Probe(NamedTuple):
    """Whether a rung works here."""

    ok: bool
    reason: str = ""
    """Why not."""
    install: str = ""
    """What would help, as a command or a right; empty if nothing can be done."""

    @property
    def why(self) -> str:
        """Both in one line."""
        return f"{self.reason}; {self.install}" if self.install else self.reason


class Setting(NamedTuple):
    """Where sensors are set up: all that a sensor gets from outside."""

    scope: Scope
    own_pids: tuple[int, ...]
    """Processes of the agent whose file events are dropped: its own first."""
    state: str
    """The agent's state folder: its file events are dropped."""


class Sensor(Protocol):
    """One capability by one mechanism. Made with a Setting; used by one thread."""

    capability: str
    """process, file or network."""
    rung: str
    """ebpf, fanotify, poll or watch."""
    mechanism: Mechanism.ValueType
    """What its events say about how they came to be known."""

    def __init__(self, setting: Setting) -> None:
        """Keep the setting; touch nothing."""

    def probe(self) -> Probe:
        """Try whether it would work here by really loading it, and let go again."""

    def start(self) -> None:
        """Begin to observe. Raises SensorError; then nothing is left behind."""

    def drain(self, budget: int) -> Sequence[Observation]:
        """What was observed since the last call, oldest first, at most about `budget` of them."""

    def wake(self) -> int | None:
        """A descriptor that becomes readable when draining should not wait; None if there is none."""

    def check(self) -> str:
        """Look whether programs and marks are still in place: why not, or an empty text."""

    def unseen(self) -> str:
        """What there is here and it does not look at, in one line; an empty text if nothing that it should."""

    def missed(self) -> Mapping[str, int]:
        """Observations lost by class (ring_full, queue_overflow, filter, sensor_error) since start."""

    def canary_folder(self) -> str | None:
        """A folder in which a file would be seen by it; None where it does not see files."""

    def stop(self) -> None:
        """Stop observing and free everything. May be called twice."""
