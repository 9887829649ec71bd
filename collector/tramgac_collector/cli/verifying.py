"""`tramgac collector verify`: whether the ingest log holds what hosts made."""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tramgac_collector.cli.errors import Failed, Misuse
from tramgac_collector.cli.options import Json, State, state_of, tell, write
from tramgac_collector.cli.pairs import say
from tramgac_collector.cli.proof_words import ProofWord, kind
from tramgac_collector.cli.refusals import sentence
from tramgac_collector.cli.terminal import complain
from tramgac_collector.cli.times import moment

if TYPE_CHECKING:
    from tramgac_collector.paths import StatePaths
    from tramgac_collector.proof.findings import Found, Totals

_ID = re.compile(r"[0-9a-f]{8,32}")
_Host = Annotated[str | None, typer.Option("--host", metavar="HOST", help=say(ProofWord.OPTION_HOST))]
_Since = Annotated[str | None, typer.Option("--since", metavar="TIME", help=say(ProofWord.OPTION_SINCE))]
_From = Annotated[Path | None, typer.Option("--from", metavar="PATH", help=say(ProofWord.OPTION_FROM))]


def verify(
    ctx: typer.Context,
    *,
    host: _Host = None,
    since: _Since = None,
    backup: _From = None,
    json: Json = False,
    state: State = None,
) -> None:
    """Walk through the log; fails if something is not as hosts made it."""
    from tramgac_collector.matching.progress import Progress
    from tramgac_collector.paths import StatePaths
    from tramgac_collector.proof.verify import kept, open_walk

    paths = StatePaths(backup or state_of(ctx, state))
    whose = _meant(paths, host, named=backup is None) if host else ""
    known, why = ([], "") if backup else kept(paths, whose)
    if why:
        complain(say(ProofWord.NO_KEPT, why=why))
    bars: list[Progress] = []

    def progress(done: int, of: int) -> None:
        if not bars:
            bars.append(Progress(of, sys.stderr, sys.stdout))
        bars[0].at(done, done, of)

    try:
        walk, start = open_walk(paths, host=whose, since=_nanoseconds(since), progress=progress)
        for found in walk.findings(start, known):
            for bar in bars:
                bar.make_room()
            write(found.as_json()) if json else sys.stdout.write(_line(found) + "\n")
    except FileNotFoundError:
        raise Failed(say(ProofWord.NO_LOG, folder=paths.log_segments, state=paths.root)) from None
    for bar in bars:
        bar.end()
    write(walk.totals.as_json()) if json else _summary(walk.totals)
    nothing = bool(host) and not walk.totals.batches
    if nothing:
        complain(say(ProofWord.NOTHING_OF, host=host))
    raise typer.Exit(1 if walk.totals.findings or (nothing and since is None) else 0)


def _meant(paths: "StatePaths", host: str, *, named: bool) -> str:
    """Give how the ids of the hosts begin that are looked at. Names are known to the control store alone.

    Raises Misuse for what is no id where there are no names; Failed.
    """
    from tramgac_collector.proof.verify import host_called
    from tramgac_collector.refusals import Refusal

    if _ID.fullmatch(host.lower()):
        return host.lower()
    if not named:
        raise Misuse(say(ProofWord.BAD_HOST, text=host))
    try:
        found, why = host_called(paths, host)
    except Refusal as error:
        raise Failed(sentence(error.word, error.params) or str(error)) from error
    if why:
        raise Failed(say(ProofWord.NO_NAMES, host=host, why=why))
    return found


def _nanoseconds(since: str | None) -> int:
    text = moment(since)
    return 0 if text is None else int(datetime.fromisoformat(text).timestamp() * 1e9)


def _line(found: "Found") -> str:
    params = {"segment": found.segment, "position": found.position, "first": found.first, "last": found.last}
    whose = [say(ProofWord.LANE, host=found.host, epoch=f"{found.epoch:016x}", lane=found.lane)] if found.host else []
    return ": ".join([say(ProofWord.RECORD, **params), *whose, say(kind(found.kind), **params)])


def _summary(totals: "Totals") -> None:
    told = totals.as_json() | {"found": sum(totals.findings.values())}
    tell(ProofWord.NOT_PROVEN if totals.findings else ProofWord.PROVEN, **told)
