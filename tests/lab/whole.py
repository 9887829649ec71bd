"""A whole installation with the real sensors, which see only what the lane does. Not a lane itself."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tramgac_collector.demo.arena import Arena
from tramgac_collector.demo.children import Children
from tramgac_collector.demo.stage import Stage, content_folder

from tests.lab.rows import row

BEST = {("process", "ebpf"), ("network", "ebpf"), ("file", "fanotify")}


class NotHereError(Exception):
    """The lane needs what this machine or user does not have."""


@contextlib.contextmanager
def installation(lane: str) -> Iterator[Stage]:
    """Collector, our rules, one agent scoped to the arena; all of it ends with the block. Raises NotHereError."""
    with tempfile.TemporaryDirectory(prefix="tramgac-lab-") as folder:
        arena = Arena.open(Path(folder) / "arena")
        stage = Stage(Path(folder) / "state", Children(Path(folder) / "logs"), arena)
        try:
            if not (arena.mounted and arena.cgroup):
                raise NotHereError(f"{lane}: needs root, a tmpfs and a version 2 control group")
            stage.start_collector()
            stage.wait_for_collector()
            stage.enrol_agent()
            version = stage.push_rules([content_folder()])["version"]
            stage.start_agent(scoped=True)
            stage.wait_for_host(version)
            yield stage
        finally:
            stage.children.stop()
            arena.close()


def on_best_rungs(lane: str, stage: Stage) -> bool:
    """One figure: sensors that are alive on their best rung."""
    rows = stage.host()["sensors"]
    alive = {(sensor["capability"], sensor["rung"]) for sensor in rows if sensor["state"] == "alive"}
    return row(lane, "sensors alive on their best rung", len(alive & BEST), "sensors", at_least=len(BEST))
