"""Verifies staged content, tries whether it loads, and puts it in force: `python -m tramgac_agent.updater STATE`.

A child of the sensor process, without network, bounded in memory, time and file size. It says one JSON line,
{"version", "ok", "reason"}; the last good bundle stays in force whatever happens here.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backports import zstd
from tramgac_wire import content, whole
from tramgac_wire.dictionary import Dictionary
from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_BUNDLE

from tramgac_agent.content import DICTIONARY, Outcome, read_staged
from tramgac_agent.paths import AgentPaths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MEMORY = 1 << 30
SECONDS = 60
FORMAT = 1


def bound() -> None:
    """Limit ourselves: memory, processor time, size of a file. A no-op where the system has no such limits."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_BUNDLE, MAX_BUNDLE))


def take(paths: AgentPaths, load: Callable[[Mapping[str, object]], object]) -> Outcome:
    """Verify, try to load, put in force. `load` raises where the engine cannot use a pack."""
    version = 0
    try:
        paths.trust.mkdir(parents=True, exist_ok=True, mode=0o750)
        verified = content.update(root(paths), paths.trust, lambda name: read_staged(paths.staged, name))
        version = verified.version
        load(_pack(verified.bundle))
        dictionary = content.beside(paths.trust, DICTIONARY, lambda name: read_staged(paths.staged, name))
        whole.write(paths.dictionary, b"" if dictionary is None else Dictionary(dictionary).content, mode=0o640)
        whole.write(paths.current, zstd.compress(_numbered(verified)), mode=0o640)
    except ContentError as error:
        return Outcome(version, ok=False, reason=error.reason)
    except OSError as error:
        return Outcome(version, ok=False, reason=f"disk: {error.strerror}")
    except Exception as error:  # noqa: BLE001 # bulkhead: content that does not load, whatever the engine makes of it
        return Outcome(version, ok=False, reason=f"does not load: {type(error).__name__}: {error}"[:200])
    return Outcome(version, ok=True, reason="")


def root(paths: AgentPaths) -> bytes:
    """The root that content must go back to: pinned at enrolment, else the first one offered, then kept.

    A host that was enrolled before its collector had any content cannot have a pin; doctor says so.
    """
    if not paths.content_root.exists():
        try:
            first = read_staged(paths.staged, "metadata/1.root.json")
        except KeyError as error:
            raise ContentError("missing", "no root was pinned at enrolment and none is staged") from error
        whole.write(paths.content_unpinned, b"taken from the collector at its first offer\n", mode=0o644)
        whole.write(paths.content_root, first, mode=0o644)
    return paths.content_root.read_bytes()


def _pack(bundle: bytes) -> Mapping[str, object]:
    """The Sigma part of a bundle. Raises ValueError, KeyError or TypeError where it is none."""
    raw: dict[str, Any] = json.loads(bundle)
    if raw["format"] != FORMAT:
        raise ValueError(f"bundle of format {raw['format']!r:.20}, this agent reads {FORMAT}")
    pack: Mapping[str, object] = raw["sigma"]
    return pack


def _numbered(verified: content.Verified) -> bytes:
    """The bundle with the number that its signatures vouch for, whatever it says of itself."""
    raw = json.loads(verified.bundle)
    raw["version"] = verified.version
    return json.dumps(raw, separators=(",", ":"), ensure_ascii=False).encode()


def main() -> int:
    """Run once."""
    bound()
    os.umask(0o027)
    from tramgac_rules.judge import Judge

    outcome = take(AgentPaths(Path(sys.argv[1])), Judge.load)
    sys.stdout.write(json.dumps({"version": outcome.version, "ok": outcome.ok, "reason": outcome.reason}) + "\n")
    return 0 if outcome.ok else 1


if __name__ == "__main__":
    sys.exit(main())
