"""Content on its way from its authors to whoever acts on it. The collector is a courier: it holds no key.

`DIR/content/root.json` is the root of trust (pinned with the first repository that is published), `repository/` what
agents fetch, `trust/` what the publisher verified last, `judge/` what the judge did. Files of a repository are named
`metadata/...` and `targets/...`, as TUF's client asks for them.
"""

import fcntl
import hashlib
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from tramgac_proto.names import parse_time
from tramgac_wire import whole
from tramgac_wire.content import update
from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_TARGET

from tramgac_collector import audit, dictionaries, outbox
from tramgac_collector import bundle as bundles
from tramgac_collector.bundle import Bundle
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.schema import ContentRow, RoleContentRow

MAX_FILES = 500
"""Files that one repository may hold."""

MAX_BYTES = 4 * MAX_TARGET
"""What they may hold together, bytes."""

_NAME = re.compile(r"(metadata|targets)/[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}")


def publish(s: Session, paths: StatePaths, data: bytes, by: str, now: int, *, demo_allowed: bool = True) -> int:
    """Take in a signed repository (a zip) and put its bundle on offer; return its version.

    Verified as any agent would, loaded as the judge would, and only then put in place; ring the bells gateway and
    judge after the commit. What was on offer stays when anything is wrong. `s` is best not used before: its
    transaction, which other writers wait for, then begins after the slow part.

    Raises:
        ContentRefused: no zip, unsigned, tampered with, older than or the same as what is on offer, marked as a
            demo's where that is not allowed, or it does not load.

    """
    files = _unpack(data)
    with _one_at_a_time(paths), tempfile.TemporaryDirectory(dir=paths.content) as scratch:
        trust = Path(scratch) / "trust"
        root = _root(paths, files)
        bundle, counts = _verify(paths, files, root, trust)
        if bundle.marked and not demo_allowed:
            message = f"bundle {bundle.version} was signed with a {bundle.marked}'s keys; sign it with your own"
            raise ContentRefused(message)
        if bundle.version <= current(s):
            message = f"bundle {bundle.version} is not newer than {current(s)}, which is on offer; sign a newer one"
            raise ContentRefused(message)
        dictionaries.keep(paths, dictionaries.verified(trust, lambda name: files[name]))
        _put(paths, files, root, trust)
    digest = hashlib.sha256(data).hexdigest()
    row = ContentRow(version=bundle.version, published=now, by=by, digest=digest, marked=bundle.marked, **counts)
    s.add(row)
    s.flush()
    outbox.add(s, "content", {"version": bundle.version}, now)
    return bundle.version


def current(s: Session) -> int:
    """Return the version of the bundle on offer; 0 for none."""
    return s.scalar(select(func.max(ContentRow.version))) or 0


def valid_until(paths: StatePaths) -> int:
    """Return when the first signature of what is on offer ends, ns since 1970: from then on nobody takes it.

    0 while nothing was published, and while what was verified cannot be read (the next push mends or tells that).
    """
    parts = (paths.content / "trust" / f"{name}.json" for name in ("root", "timestamp", "snapshot", "targets"))
    try:
        return min(parse_time(json.loads(part.read_bytes())["signed"]["expires"]) for part in parts)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return 0


def fetch(paths: StatePaths, name: str) -> bytes:
    """Return a file of the repository.

    Raises:
        KeyError: there is none of this name.

    """
    if not _NAME.fullmatch(name):
        raise KeyError(name)
    try:
        return (paths.content / "repository" / name).read_bytes()
    except OSError:
        raise KeyError(name) from None


def root_of_trust(paths: StatePaths) -> bytes:
    """Return the root metadata that everyone here begins with; empty while no content was ever published."""
    try:
        return (paths.content / "root.json").read_bytes()
    except FileNotFoundError:
        return b""


def verified(paths: StatePaths, trust: Path, *, indicators: bool = False) -> Bundle:
    """Verify what is on offer by oneself, with a trust folder of one's own; return it, with `indicators` if asked.

    Raises:
        ContentRefused: as `publish`.

    """
    root = root_of_trust(paths)
    if not root:
        message = "no content was published yet; `tramgac rules push` does"
        raise ContentRefused(message)
    try:
        found = update(root, trust, lambda name: fetch(paths, name), indicators=indicators)
    except ContentError as error:
        raise ContentRefused(str(error)) from error
    bundle = bundles.with_about(bundles.parse(found.version, found.bundle), lambda name: fetch(paths, name))
    return replace(bundle, indicators=found.indicators)


def record_role(s: Session, role: str, *, version: int, refused: int, reason: str, now: int) -> None:
    """Write down what a role of the collector has in force, and which version it refused, why (0 and empty: none).

    A refusal is told to the audit trail too, once: told again, it keeps its first time.
    """
    row = s.get(RoleContentRow, role)
    if row is not None and (row.version, row.refused, row.reason) == (version, refused, reason):
        return
    if row is None:
        row = RoleContentRow(role=role)
        s.add(row)
    row.version, row.refused, row.reason, row.time = version, refused, reason, now
    s.flush()
    if reason:
        audit.write(s, role, "content.refused", str(refused), {"reason": reason}, now)


def _unpack(data: bytes) -> dict[str, bytes]:
    """Return the files of a zipped repository, bounded before anything is decompressed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
                message = f"the repository holds more than {MAX_FILES} files or {MAX_BYTES} bytes"
                raise ContentRefused(message)
            strange = [member.filename[:100] for member in members if not _NAME.fullmatch(member.filename)]
            if strange:
                message = (
                    f"the zip holds {strange[0]!r}, which is no file of a repository (metadata/... or targets/...)"
                )
                raise ContentRefused(message)
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        message = f"the repository is no zip that can be read: {error}"
        raise ContentRefused(message) from error


def _root(paths: StatePaths, files: Mapping[str, bytes]) -> bytes:
    root = root_of_trust(paths) or files.get("metadata/1.root.json") or files.get("metadata/root.json")
    if not root:
        message = "the repository holds no metadata/1.root.json; push the whole folder that `rules sign` made"
        raise ContentRefused(message)
    return root


def _verify(paths: StatePaths, files: Mapping[str, bytes], root: bytes, trust: Path) -> tuple[Bundle, dict[str, int]]:
    """Verify in a copy of the trust folder and load; return the bundle, and how much of everything is in it."""
    known = paths.content / "trust"
    if known.exists():
        shutil.copytree(known, trust)
    else:
        trust.mkdir(mode=0o700)
    try:
        found = update(root, trust, lambda name: files[name], indicators=True)
    except ContentError as error:
        raise ContentRefused(str(error)) from error
    bundle = bundles.with_about(bundles.parse(found.version, found.bundle), lambda name: files[name])
    bundle = replace(bundle, indicators=found.indicators)
    indicators = bundles.open_indicators(bundle)
    listed = 0 if indicators is None else sum(indicators.counts.values())
    if bundle.indicators is not None:
        bundle.indicators.unlink()  # they were tried; the judge has its own
    return bundle, {"rules": len(bundles.load(bundle).rules), "yara": len(bundle.yara), "indicators": listed}


def _put(paths: StatePaths, files: Mapping[str, bytes], root: bytes, trust: Path) -> None:
    """Put verified files in place: what others point at first, timestamp.json last, so that any moment is whole."""
    repository = paths.content / "repository"
    for folder in ("metadata", "targets"):
        (repository / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in sorted(files, key=lambda name: (name == "metadata/timestamp.json", name.startswith("metadata"), name)):
        whole.write(repository / name, files[name])
    whole.write(paths.content / "root.json", root)
    known = paths.content / "trust"
    shutil.rmtree(known, ignore_errors=True)
    trust.rename(known)
    for path in (repository / "targets").iterdir():
        if f"targets/{path.name}" not in files:
            path.unlink()


@contextmanager
def _one_at_a_time(paths: StatePaths) -> Iterator[None]:
    with (paths.content / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
