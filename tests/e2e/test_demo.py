"""`tramgac demo` as a newcomer runs it: all of it holds, and nothing of it stays."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tramgac_collector.demo.children import program

from tests.e2e.conftest import Group

pytestmark = [
    pytest.mark.root,
    pytest.mark.enable_socket,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("demo"),  # one after another: what is measured is latency
]

ROOT = Path(__file__).parents[2]
NOBODY = 65534
ONCE = {
    "address",
    "setup",
    "content",
    "enrolment",
    "ready",
    "simulation",
    "detections",
    "push",
    "events",
    "ledger",
    "page",
    "stop",
}
Lines = list[dict[str, Any]]


def checked(group: Group, *command: str) -> Lines:
    """Run a demo to its end; its lines, all of them well."""
    process = group.start(*command)
    assert process.stdout is not None
    lines = [json.loads(line) for line in process.stdout]
    assert [line for line in lines if not line["ok"]] == []
    assert process.wait() == 0
    return lines


def of(lines: Lines, check: str) -> Lines:
    return [line for line in lines if line["check"] == check]


def assert_nothing_is_left(group: Group, state: Path, lines: Lines) -> None:
    assert group.pids() == []
    assert str(state) not in Path("/proc/self/mountinfo").read_text()
    (ready,) = of(lines, "ready")
    assert not (group.path.parent / f"tramgac-demo-{ready['pid']}").exists()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the module's first demo."""
    return tmp_path_factory.mktemp("demo") / "state"


@pytest.fixture(scope="module")
def first(group: Group, state: Path) -> Lines:
    """The lines of a demo that checks itself, on a fresh state folder; nothing that it started is left."""
    lines = checked(group, *demo(state), "--check", "--require", "process=ebpf,file=fanotify,network=ebpf")
    assert_nothing_is_left(group, state, lines)
    return lines


def demo(state: Path) -> tuple[str, ...]:
    """The demo's command; scoped, it sees nothing but its own simulation."""
    return program("tramgac"), "demo", "--json", "--scoped", "--state", str(state)


def test_every_promise_is_checked(first: Lines) -> None:
    counts = Counter(line["check"] for line in first)
    assert {check for check in counts if counts[check] == 1} == ONCE
    assert (counts["sensor"], counts["detection"]) == (3, 8)
    assert counts["alert"] >= 10
    assert of(first, "stop")[0]["statuses"] == {"agent": 0, "collector": 0}
    (ledger,) = of(first, "ledger")
    assert ledger["emitted"] == ledger["acked"] + ledger["spooled"]
    assert ledger["stored"] == ledger["emitted"] + 1, "the last words do not count themselves"
    assert (ledger["dropped"], ledger["missed"], ledger["gaps"]) == (0, 0, [])


def test_interrupted_as_it_begins_it_ends_all_and_says_so(group: Group, tmp_path: Path) -> None:
    command = (program("tramgac"), "demo", "--scoped", "--state", str(tmp_path / "state"))
    process = group.start("env", "LC_ALL=vi_VN.UTF-8", *command)
    assert process.stdout is not None
    said = [process.stdout.readline()]  # all signals are caught by now, and the collector hears none yet
    process.send_signal(signal.SIGINT)
    said += process.stdout
    assert process.wait() == 0
    assert said[1:] == ["· Đang dừng…\n", "✓ Mọi tiến trình đã khởi động đều đã kết thúc\n"]
    assert group.pids() == []


@pytest.mark.slow
def test_a_second_start_goes_on_where_the_first_ended(first: Lines, group: Group, state: Path) -> None:
    process = group.start(*demo(state))
    assert process.stdout is not None
    lines = [json.loads(process.stdout.readline())]
    while lines[-1]["check"] not in ("alert", "failed"):  # the simulation is under way
        lines.append(json.loads(process.stdout.readline()))
    (ready,) = of(lines, "ready")
    with urllib.request.urlopen(ready["url"], timeout=5) as page:
        assert page.status == 200
    beside = checked(group, *demo(state))
    process.send_signal(signal.SIGTERM)
    lines += [json.loads(line) for line in process.stdout]
    assert process.wait() == 0
    assert [line for line in lines if not line["ok"]] == []
    assert of(lines, "enrolment") == of(first, "enrolment")
    assert of(lines, "content")[0]["version"] > of(first, "push")[0]["version"]
    assert [line["check"] for line in beside] == ["already", "ready"]
    assert beside[0]["url"] == ready["url"]
    assert_nothing_is_left(group, state, lines)


@pytest.mark.slow
@pytest.mark.data
def test_public_rules_detect_at_least_four_acts(group: Group, tmp_path: Path, data_folder: Path) -> None:
    public = data_folder / "sigma/rules/linux"
    lines = checked(group, *demo(tmp_path / "state"), "--check", "--rules", str(public))
    (detections,) = of(lines, "detections")
    assert detections["detected"] >= 4
    assert_nothing_is_left(group, tmp_path / "state", lines)


def closed_above(path: Path) -> Path | None:
    """The topmost folder on the way to a path that other users may not pass."""
    return next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), None)


def opened(paths: list[Path], aside: Path) -> Iterator[str]:
    """Shell commands that, in a mount namespace of its own, let other users reach these paths."""
    kept = {path: aside / str(number) for number, path in enumerate(paths) if closed_above(path)}
    for path, place in kept.items():
        yield f"mkdir {place} && mount --bind {shlex.quote(str(path))} {place}"
    for folder in {closed_above(path) for path in kept}:
        yield f"mount -t tmpfs -o mode=755 tramgac-test {shlex.quote(str(folder))}"
    for path, place in kept.items():
        yield f"mkdir -p {shlex.quote(str(path))} && mount --bind {place} {shlex.quote(str(path))}"


@pytest.fixture
def home() -> Iterator[Path]:
    """A home of its own for a user who is not root."""
    path = Path(tempfile.mkdtemp(prefix="tramgac-home-"))
    os.chown(path, NOBODY, NOBODY)
    yield path
    shutil.rmtree(path)


@pytest.mark.slow
def test_without_root_it_runs_on_the_lower_rungs_and_says_why(group: Group, home: Path, tmp_path: Path) -> None:
    """In namespaces of its own, since what polls sees all processes: here there are no others."""
    user = f"setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups env -u XDG_STATE_HOME HOME={home}"
    steps = [*opened([Path(sys.base_prefix), ROOT], tmp_path), "ip link set lo up", f'{user} "$@"', "exit $?"]
    spaces = ("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c")
    command = (program("tramgac"), "demo", "--check", "--json", "--scoped")
    lines = checked(group, *spaces, " || exit\n".join(steps[:-1]) + f"\n{steps[-1]}", "sh", *command)
    sensors = {line["capability"]: line for line in of(lines, "sensor")}
    assert {name: line["rung"] for name, line in sensors.items()} == {
        "process": "poll",
        "network": "poll",
        "file": "watch",
    }
    assert all("needs root or CAP_" in line["why"] for line in sensors.values())
    (detections,) = of(lines, "detections")
    assert detections["detected"] == detections["acts"]
    assert group.pids() == []
