"""Rules for the machine's firewall (nftables) that bound how often one address opens connections to the agents' ports.

A TLS handshake that the gateway refuses costs it as much as one that it takes, and gRPC asks nobody before it. So what
bounds them stands before the port: whoever opens more than so many a second waits for TCP to try again; connections
that are open notice nothing. Source: nft(8), `add @SET { ADDRESS limit rate over ... }`.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

EACH_SECOND, AT_ONCE = 50, 200
"""Connections of one address: 5,000 hosts behind one are back in 96 s."""
_FAMILIES = (("talkative", "ipv4_addr", "ip saddr"), ("talkative6", "ipv6_addr", "ip6 saddr"))
_BESIDE: Final = ("/usr/sbin", "/sbin")
"""Where nft is looked for too: the path that `su` gives, and that of users other than root, names neither."""
_LIST: Final = ("list", "chain", "inet", "tramgac", "agents")
_IN_FORCE: Final = re.compile(
    r"tcp dport \{?([\d, ]+)\}? tcp flags .* add @(\w+) \{ .* limit rate over .* drop$", re.MULTILINE
)
_NONE: Final = "No such file or directory"
_ANSWER_S: Final = 5.0


def rules(ports: Sequence[int], *, each_second: int = EACH_SECOND, at_once: int = AT_ONCE) -> str:
    """Give a file for `nft -f`: it replaces what an earlier one of ours said, and touches no other table.

    Args:
        ports: TCP ports at which agents are taken.
        each_second: How many connections an address may open in a second, in the long run.
        at_once: How many beyond that after a quiet while.
    """
    sets = [f"    set {name} {{ type {kind}; size 65536; flags dynamic; timeout 1m; }}" for name, kind, _ in _FAMILIES]
    over = f"limit rate over {each_second}/second burst {at_once} packets"
    doors = f"tcp dport {{ {', '.join(map(str, ports))} }} tcp flags & (syn | ack) == syn"
    drops = [f"        {doors} add @{name} {{ {source} {over} }} counter drop" for name, _, source in _FAMILIES]
    chain = ["    chain agents {", "        type filter hook input priority filter; policy accept;", *drops, "    }"]
    return "\n".join(
        ["table inet tramgac {}", "delete table inet tramgac", "table inet tramgac {", *sets, *chain, "}", ""]
    )


def bounded() -> frozenset[int]:
    """Ask the kernel, by nft(8), at which ports it bounds connections of both families as rules() says.

    Raises:
        OSError: nobody can say: nft is not here, or this user may not ask; `strerror` says which.
    """
    program = shutil.which("nft", path=os.pathsep.join((os.environ.get("PATH", os.defpath), *_BESIDE)))
    if program is None:
        raise FileNotFoundError(errno.ENOENT, "it is not installed: apt install nftables")
    words = {**os.environ, "LC_ALL": "C"}
    try:
        done = subprocess.run(
            [program, *_LIST], capture_output=True, text=True, check=False, env=words, timeout=_ANSWER_S
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)) from error
    if done.returncode:
        why = (done.stderr.splitlines() or [""])[0].removeprefix("Error: ")
        if why.startswith(_NONE):
            return frozenset()
        raise OSError(errno.EPERM, why)
    found = {name: frozenset(map(int, re.findall(r"\d+", ports))) for ports, name in _IN_FORCE.findall(done.stdout)}
    return frozenset.intersection(*(found.get(name, frozenset()) for name, _, _ in _FAMILIES))
