"""The rules in the kernel's own firewall, in a network namespace of the test's own."""

import os
import shutil
import subprocess
import sys

import pytest
from tramgac_collector import firewall
from tramgac_collector.firewall import bounded, rules

PORT, OTHER = 18444, 18445
FLOOD = """
import select, socket, sys, time
doors = {}
for port in map(int, sys.argv[1:]):
    doors[port] = socket.create_server(("127.0.0.1", port), backlog=500)
def let_in(port, source):
    caller = socket.socket()
    caller.bind((source, 0))
    caller.setblocking(False)
    caller.connect_ex(("127.0.0.1", port))
    there = bool(select.select([doors[port]], [], [], 0.05)[0])
    if there:
        doors[port].accept()[0].close()
    caller.close()
    return there
kept, caller = socket.create_connection(("127.0.0.1", int(sys.argv[1]))), doors[int(sys.argv[1])].accept()[0]
print(sum(let_in(port, source) for port, source in [(int(sys.argv[1]), "127.0.0.1")] * 40))
print(sum(let_in(port, source) for port, source in [(int(sys.argv[1]), "127.0.0.2")] * 5))
print(sum(let_in(port, source) for port, source in [(int(sys.argv[2]), "127.0.0.1")] * 40))
kept.sendall(b"x" * 100_000)
print(len(caller.recv(1)))
"""


def lacking():
    """What a firewall of the test's own lacks here; empty if nothing."""
    if sys.platform != "linux" or os.geteuid():
        return "that takes root on Linux"
    missing = [name for name in ("unshare", "nft", "ip") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} not installed"
    probe = "ip link set lo up && nft list ruleset"
    if subprocess.run(["unshare", "-n", "sh", "-c", probe], capture_output=True, check=False).returncode:
        return "the kernel gives no namespace, or has no nftables"
    return ""


def test_who_connects_too_often_waits_and_nobody_else_does(tmp_path):
    if why := lacking():
        pytest.skip(f"no firewall to try: {why}")
    file = tmp_path / "agents.nft"
    file.write_text(rules([PORT], each_second=1, at_once=10))
    run = f'ip link set lo up && nft -f {file} && nft -f {file} && exec "$0" "$@"'
    words = [sys.executable, "-c", FLOOD, str(PORT), str(OTHER)]
    done = subprocess.run(["unshare", "-n", "sh", "-c", run, *words], capture_output=True, text=True, check=True)
    flood, neighbour, elsewhere, kept = map(int, done.stdout.split())
    assert 9 <= flood <= 15
    assert (neighbour, elsewhere, kept) == (5, 40, 1)


LOOK = "from tramgac_collector.firewall import bounded; print(sorted(bounded()))"
HALF = """
handle=$(nft -a list chain inet tramgac agents | sed -n '/ip6/s/.*# handle //p')
nft delete rule inet tramgac agents handle $handle"""


def test_which_ports_are_bounded_is_asked_of_the_kernel(tmp_path):
    if why := lacking():
        pytest.skip(f"no firewall to try: {why}")
    looks = []
    for number, ports in enumerate(([PORT, OTHER], [OTHER])):
        (tmp_path / f"{number}.nft").write_text(rules(ports))
        looks.append(f'nft -f {tmp_path}/{number}.nft && "$0" "$@"')
    steps = ['"$0" "$@"', *looks, f'{HALF} && "$0" "$@"', 'nft delete chain inet tramgac agents && "$0" "$@"']
    words = ["unshare", "-n", "sh", "-ec", "\n".join(steps), sys.executable, "-c", LOOK]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", str([PORT, OTHER]), str([OTHER]), "[]", "[]"]


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Operation not permitted (you must be root)' >&2; exit 1", r"Operation not permitted \(you must"),
        ("echo 'Error: cache initialization failed: Protocol not supported' >&2; exit 1", "cache initialization"),
        ("exec sleep 60", "timed out"),
        (None, "not installed: apt install nftables"),
    ],
)
def test_where_nobody_can_say_it_is_no_answer(tmp_path, monkeypatch, script, why):
    monkeypatch.setattr(firewall, "_ANSWER_S", 0.5)
    monkeypatch.setattr(firewall, "_BESIDE", ())
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin" if script else str(tmp_path))
    if script:
        (tmp_path / "nft").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "nft").chmod(0o755)
    with pytest.raises(OSError, match=why):
        bounded()


def test_it_is_asked_where_administrators_programs_are_too(tmp_path, monkeypatch):
    (tmp_path / "nft").write_text("#!/bin/sh\necho 'Error: No such file or directory' >&2; exit 1\n")
    (tmp_path / "nft").chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(firewall, "_BESIDE", (str(tmp_path),))
    assert bounded() == frozenset()
