"""Our sensors over the place of `./dev lab benign`, and what they see as lines of JSON. Not a lane itself."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tramgac_agent.config import AgentConfig
from tramgac_agent.enrich.users import Users
from tramgac_agent.sensor import SensorProcess
from tramgac_agent.sensors.scope import Scope
from tramgac_proto import names
from tramgac_proto.event_pb2 import Event, SensorState

from tests.lab import benign_place

ROOT = Path(__file__).parents[2]
SEEN = frozenset({"process_start", "process_exit", "file_create", "file_write", "file_delete", "file_rename"}) | {
    "network_connection"
}


class Recording:
    """A sensor process of which each event becomes a line in a file."""

    def __init__(self, root: Path, group: Path, folder: Path) -> None:
        """Nothing is observed before `of`."""
        self._place = (root, group)
        scope = Scope(cgroup=str(group), mounts=(str(root),))
        self._process = SensorProcess(AgentConfig(state=folder / "state", scope=scope))
        self._process.observer._emit = self._emit
        self._process._users = Users(self._user)
        self._folder = folder
        self.raw = folder / "raw.jsonl"
        self._out = self.raw.open("w")
        self.rungs: set[tuple[str, str]] = set()
        self.count = 0

    def _user(self, number: int) -> str:
        """The place has people of its own."""
        lines = (self._place[0] / "etc/passwd").read_text().splitlines()
        names_of = {int(fields[2]): fields[0] for fields in (line.split(":") for line in lines)}
        return names_of.get(number, str(number))

    def _emit(self, event: Event) -> None:
        kind = names.kind_of(event)
        if kind in SEEN:
            self.count += 1
            self._out.write(json.dumps({"kind": kind, **names.ecs(event)}, ensure_ascii=False) + "\n")

    def of(self, command: list[str], nice: int, say: Callable[[int], None]) -> int:
        """Observe while a command runs in the place; its exit status. `say` hears every turn how much there is."""
        root, group = self._place
        inside = [sys.executable, "-m", benign_place.__name__, str(root), str(group), benign_place.HOST_NAME]
        self._process.start()
        try:
            with (self._folder / "work.log").open("wb") as log:
                work = subprocess.Popen(["nice", "-n", str(nice), *inside, *command], cwd=ROOT, stdout=log, stderr=log)
                while work.poll() is None:
                    self._turn()
                    say(self.count)
            for _ in range(8):
                self._turn()
            alive = SensorState.SENSOR_STATE_ALIVE
            reports = [ladder.report() for ladder in self._process._ladders.values()]
            self.rungs = {(report.capability, report.rung) for report in reports if report.state == alive}
        finally:
            self._process.stop("the recording is over")
            self._out.close()
        return work.returncode

    def _turn(self) -> None:
        self._process.turn()
        self._process.wait()

    def lost(self) -> int:
        """Observations that did not become events."""
        ladders = self._process._ladders.values()
        return sum(count for ladder in ladders for kind, count in ladder.missed().items() if kind != "filter")
