"""The promise on a real kernel: 2,000 processes, 1,000 files, 500 connections, all seen, each with who did it."""

import os
import shutil
import sys
import time

import pytest

if sys.platform != "linux":
    pytest.skip("needs root and Linux", allow_module_level=True)

from tramgac_agent.observations import Exec, Exit
from tramgac_agent.sensors.base import Setting
from tramgac_agent.sensors.linux.bpf import decode
from tramgac_agent.sensors.linux.connections import EbpfConnections
from tramgac_agent.sensors.linux.fanotify import FanotifyFiles
from tramgac_agent.sensors.linux.processes import EbpfProcesses
from tramgac_agent.sensors.scope import Scope
from tramgac_proto.event_pb2 import MECHANISM_EBPF, MECHANISM_FANOTIFY, OUTCOME_FAILURE, OUTCOME_SUCCESS

pytestmark = pytest.mark.root

PROCESSES, FILES, CONNECTIONS, REFUSED = 2_000, 1_000, 500, 20
SPAWN = 'i=0; while [ "$i" -lt "$1" ]; do /bin/true "n$i" "two words"; i=$((i+1)); done; exit 7'
CHURN = """
import os, sys
folder, count = sys.argv[1], int(sys.argv[2])
for i in range(count):
    with open(f"{folder}/a{i}", "w") as f:
        f.write("x")
    os.rename(f"{folder}/a{i}", f"{folder}/b{i}")
    os.unlink(f"{folder}/b{i}")
print(os.getpid(), flush=True)
"""
TALK = """
import os, socket, sys
count, refused = map(int, sys.argv[1:])
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
server = os.fork()
if server == 0:
    for _ in range(count):
        listener.accept()[0].close()
    os._exit(0)
print(os.getpid(), listener.getsockname()[1], flush=True)
for _ in range(count):
    with socket.create_connection(listener.getsockname()) as c:
        c.recv(1)
os.waitpid(server, 0)
address = listener.getsockname()
listener.close()
for _ in range(refused):
    with socket.socket() as c:
        c.connect_ex(address)
"""


def settle(observer):
    deadline = time.monotonic() + 10
    while observer.waits and time.monotonic() < deadline:
        observer.turn(0)
        time.sleep(0.01)


def test_every_short_process_is_seen_with_its_command_line_and_its_parent(load, observer, drain):
    sensor = EbpfProcesses(Setting(Scope(cgroup=str(load.group)), (os.getpid(),), ""))
    sensor.start()
    try:
        found = drain(load.start("/bin/sh", "-c", SPAWN, "spawner", str(PROCESSES)), sensor)[sensor]
        given, lost = sensor.source.counts()
        missed = sensor.missed()
        assert not sensor.check()
    finally:
        sensor.stop()
    observer.take(found, MECHANISM_EBPF)
    settle(observer)
    starts = [e.process_start for e in observer.events if e.HasField("process_start")]
    exits = [e.process_exit for e in observer.events if e.HasField("process_exit")]

    assert {s.process.command_line for s in starts} == {f"/bin/true n{i} two words" for i in range(PROCESSES)}
    assert len(starts) == len(exits) == PROCESSES
    assert len({s.process.entity_id for s in starts}) == PROCESSES
    assert {s.parent.command_line for s in starts} == {f"/bin/sh -c {SPAWN} spawner {PROCESSES}"}
    assert {len(s.process.sha256) for s in starts} == {32}
    # The kernel's own counters say the same as what came through: one exec more is the spawner's.
    assert given[decode.EXEC] == sum(isinstance(o, Exec) for o in found) == PROCESSES + 1
    assert given[decode.EXIT] == sum(isinstance(o, Exit) for o in found) == PROCESSES + 1
    assert sum(given.values()) == len(found)
    assert not any(lost.values())
    assert not any(missed.values())


def test_every_file_is_seen_created_written_renamed_and_deleted_with_its_process(load, tmpfs, observer, drain):
    sensor = FanotifyFiles(Setting(Scope(mounts=(str(tmpfs),)), (os.getpid(),), ""))
    sensor.start()
    try:
        child = load.python(CHURN, tmpfs, FILES, stdout=-1, text=True)
        found = drain(child, sensor)[sensor]
        missed = sensor.missed()
        assert not sensor.check()
    finally:
        sensor.stop()
    observer.take(found, MECHANISM_FANOTIFY)
    pid = int(child.stdout.read())
    seen = {kind: set() for kind in ("file_create", "file_write", "file_rename", "file_delete")}
    for event in observer.events:
        what = getattr(event, event.WhichOneof("kind"))
        assert what.process.pid == pid
        seen[event.WhichOneof("kind")].add((what.path, getattr(what, "previous_path", "")))

    assert seen["file_create"] == {(f"{tmpfs}/a{i}", "") for i in range(FILES)}
    assert seen["file_write"] == {(f"{tmpfs}/a{i}", "") for i in range(FILES)}
    assert seen["file_rename"] == {(f"{tmpfs}/b{i}", f"{tmpfs}/a{i}") for i in range(FILES)}
    assert seen["file_delete"] == {(f"{tmpfs}/b{i}", "") for i in range(FILES)}
    assert all(e.file_write.created for e in observer.events if e.HasField("file_write"))
    assert len(observer.events) == 4 * FILES
    assert not any(missed.values())


def test_every_connection_is_seen_at_both_ends_with_the_right_process(load, observer, drain):
    setting = Setting(Scope(cgroup=str(load.group)), (os.getpid(),), "")
    processes, connections = EbpfProcesses(setting), EbpfConnections(setting)
    processes.start()
    connections.start()
    try:
        child = load.python(TALK, CONNECTIONS, REFUSED, netns=True, stdout=-1, text=True)
        found = drain(child, processes, connections)
        given, lost = connections.source.counts()
        missed = connections.missed()
    finally:
        processes.stop()
        connections.stop()
    client, port = map(int, child.stdout.read().split())
    observer.take(found[processes], MECHANISM_EBPF)
    before = len(observer.events)
    observer.take(found[connections], MECHANISM_EBPF)
    seen = [e.network_connection for e in observer.events[before:]]
    made = [c for c in seen if c.initiated and c.outcome == OUTCOME_SUCCESS]
    refused = [c for c in seen if c.initiated and c.outcome == OUTCOME_FAILURE]
    accepted = [c for c in seen if not c.initiated]

    assert (len(made), len(accepted), len(refused)) == (CONNECTIONS, CONNECTIONS, REFUSED)
    assert {c.process.pid for c in made + refused} == {client}
    # Whoever called listen() owns what is accepted there.
    assert {c.process.pid for c in accepted} == {client}
    assert {c.source_port for c in made} == {c.source_port for c in accepted}
    assert {c.destination_port for c in seen} == {port}
    assert {(c.source_ip, c.destination_ip) for c in seen} == {(b"\x7f\0\0\1", b"\x7f\0\0\1")}
    assert all(c.process.executable == os.path.realpath(sys.executable) for c in seen)
    assert sum(given.values()) == len(found[connections])
    assert not any(lost.values())
    assert not any(missed.values())


def test_a_small_ring_loses_and_says_exactly_how_many(load, drain):
    sensor = EbpfProcesses(Setting(Scope(cgroup=str(load.group)), (os.getpid(),), ""))
    sensor.source._ring_bytes = 1 << 16
    sensor.start()
    try:
        load.start("/bin/sh", "-c", SPAWN, "spawner", "500").wait()
        found = sensor.drain(10_000)
        given, lost = sensor.source.counts()
        missed = sensor.missed()
    finally:
        sensor.stop()
    assert sum(lost.values()) > 0
    assert len(found) == sum(given.values())
    assert missed["ring_full"] == sum(lost.values())
    # Nothing is counted twice or not at all: 500 children and their shell, which the test's process forked.
    assert given[decode.EXEC] + lost[decode.EXEC] == 501
    assert given[decode.FORK] + lost[decode.FORK] == 500
    assert given[decode.EXIT] + lost[decode.EXIT] == 501


BECOME = """
import os, shutil, sys
folder, times = sys.argv[1], int(sys.argv[2])
for i in range(times):
    if os.fork() == 0:
        os.execv(f"{folder}/sh", ["sh", "-c", f"echo x > {folder}/first{i}; exec {folder}/touch {folder}/second{i}"])
    os.wait()
"""
ASK = """
import os, socket, sys
listener = socket.create_server(("127.0.0.1", 0), backlog=64)
for _ in range(int(sys.argv[1])):
    if os.fork() == 0:
        socket.create_connection(listener.getsockname())
        os.execv("/bin/true", ["true"])
    listener.accept()[0].close()
    os.wait()
"""


@pytest.mark.parametrize("watched", [True, False])
def test_what_a_shell_wrote_before_it_became_another_program_is_the_shells(load, tmpfs, observer, drain, watched):
    for program in ("sh", "touch"):
        copy = tmpfs / program
        shutil.copy(f"/bin/{program}", copy) if watched else copy.symlink_to(f"/bin/{program}")
    files = FanotifyFiles(Setting(Scope(mounts=(str(tmpfs),)), (os.getpid(),), ""))
    processes = EbpfProcesses(Setting(Scope(cgroup=str(load.group)), (os.getpid(),), ""))
    files.start()
    processes.start()
    try:
        found = drain(load.python(BECOME, tmpfs, 50), files, processes)
    finally:
        files.stop()
        processes.stop()
    observer.take(found[processes], MECHANISM_EBPF)
    before = len(observer.events)
    observer.take(found[files], MECHANISM_FANOTIFY)
    made = [(e.file_create, e.quality.late) for e in observer.events[before:] if e.HasField("file_create")]
    who = {c.path.rsplit("/", 1)[1]: os.path.basename(c.process.command_line.split()[0]) for c, _ in made}  # noqa: PTH119
    assert {name for name in who if name.startswith("first")} == {f"first{i}" for i in range(50)}
    assert all(who[f"first{i}"] == "sh" for i in range(50))
    if watched:
        assert all(who[f"second{i}"] == "touch" for i in range(50))
    assert {late for _, late in made} == {not watched}


def test_a_connection_is_of_the_program_that_asked_for_it(load, observer, drain):
    setting = Setting(Scope(cgroup=str(load.group)), (os.getpid(),), "")
    processes, connections = EbpfProcesses(setting), EbpfConnections(setting)
    processes.start()
    connections.start()
    try:
        found = drain(load.python(ASK, 50, netns=True), processes, connections)
    finally:
        processes.stop()
        connections.stop()
    observer.take(found[processes], MECHANISM_EBPF)
    observer.take(found[connections], MECHANISM_EBPF)
    made = [e.network_connection for e in observer.events if e.HasField("network_connection")]
    assert len([c for c in made if c.initiated]) == 50
    assert {c.process.executable for c in made} == {os.path.realpath(sys.executable)}
