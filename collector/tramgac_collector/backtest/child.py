"""The process that judges stored events again: `python -m tramgac_collector.backtest.child`, started by the role api.

A task (JSON) comes on its standard input, lines of JSON go to its standard output: `progress`, then a line a rule, and
`summary` last; or `error` and `params` instead. Nothing of it is in a hurry: it runs when nobody else wants the
processor, within bounds of memory and time, and is ended where whoever asked is gone. It asks the event store, which
does not let it write, and has no other store open: so it can raise nothing.
"""

from __future__ import annotations

import ctypes
import json
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from tramgac_proto.names import time_text
from tramgac_rules.errors import RulesError
from tramgac_scan import capabilities, confine

from tramgac_collector.backtest.excepting import Excepting
from tramgac_collector.backtest.judging import Backtest, Rules
from tramgac_collector.backtest.stored import Source
from tramgac_collector.backtest.tally import DAY, Tally, by_exception
from tramgac_collector.errors import EngineAway, QueryError
from tramgac_collector.exceptions import Exceptions, Stated
from tramgac_collector.paths import StatePaths

MEMORY = 3 << 29
"""Bytes of address space."""
CPU_S = 6 * 3_600
TELL_EVERY_S = 0.5
_APART = frozenset({"events", "failures", "exceptions_unsure"})
"""Counts that are told by themselves."""
_NO_HOST = ("", "", "")
_PARENT_DEATH = 1  # PR_SET_PDEATHSIG, prctl(2)


def run(task: Mapping[str, Any], out: TextIO) -> None:
    """Do a task.

    `state`: a folder; `since`, `until`: ns; `pack`: compiled rules; `hosts`: id: [system, name, site]; `exceptions`:
    those in force `now` (ns), as `Stated`; `titles_vi`: by id.
    """
    try:
        _run(task, out)
    except RulesError as error:
        _fail(out, "refused", refusal="backtest_rules", reason=str(error))
    except QueryError as error:
        _fail(out, "refused", reason=str(error), **error.params)
    except EngineAway as error:
        _fail(out, "unavailable", reason=str(error))
    except MemoryError:
        _fail(out, "unavailable", refusal="backtest_memory", reason=f"more than {MEMORY} bytes of memory are needed")


def _run(task: Mapping[str, Any], out: TextIO) -> None:
    since, until, hosts = int(task["since"]), int(task["until"]), task["hosts"]
    rules = Rules.load(task["pack"])
    source = Source.look(StatePaths(Path(task["state"])), rules.wanted(since, until))
    tally = Tally()
    exceptions = Exceptions.of(Stated(*one) for one in task["exceptions"])
    excepting = Excepting(exceptions, lambda host: str(hosts.get(host, _NO_HOST)[2]), int(task["now"]))
    test = Backtest(rules, lambda host: str(hosts.get(host, _NO_HOST)[0]), tally.add, excepting)
    told = 0.0
    for page in source.pages():
        if time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            _tell(out, {"progress": {"events": test.counts["events"], "of": source.total}})
        test.take(page)
    test.finish()
    days = (until - max(since, source.first or until)) / DAY
    names = {host: str(about[1]) for host, about in hosts.items()}
    for row in tally.rows(rules.loud, names, days):
        _tell(out, {**row, "rule": {**row["rule"], "title_vi": task["titles_vi"].get(row["rule"]["id"], "")}})
    held = {"held": by_exception(tally.held), "unsure": test.counts["exceptions_unsure"]}
    _tell(out, {"summary": {**_summary(test, source, days), **held}})


def _summary(test: Backtest, source: Source, days: float) -> dict[str, Any]:
    counts = {name: count for name, count in sorted(test.counts.items()) if name not in _APART}
    return {
        "since": time_text(source.wanted.since),
        "until": time_text(source.wanted.until),
        "first": time_text(source.first) if source.first else None,
        "days": round(days, 3),
        "short": source.first - source.wanted.since > DAY,
        "events": test.counts["events"],
        "failures": test.counts["failures"],
        "correlations": counts,
    }


def _tell(out: TextIO, row: Mapping[str, Any]) -> None:
    out.write(json.dumps(row) + "\n")
    out.flush()


def _fail(out: TextIO, code: str, **params: object) -> None:
    _tell(out, {"error": code, "params": params})


def _stand_back() -> None:
    """Take bounds, and give up what is not needed."""
    confine.go_first()
    confine.stand_back()
    confine.limit(MEMORY, CPU_S)
    capabilities.drop()
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL, 0, 0, 0)  # giving up capabilities takes it back


if __name__ == "__main__":
    _stand_back()
    run(json.load(sys.stdin), sys.stdout)
