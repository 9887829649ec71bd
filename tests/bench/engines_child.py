"""One of the other engines over events, in its own environment: nothing of the project is there. Started by engines.py.

ENGINE EVENTS RULES...: prints how many rules it took, how many (event, rule) it detected, and the seconds for that.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]
Run = Callable[[list[Event]], int]
ABSENT = 3


def files(folders: list[str]) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(Path(folder).rglob("*.yml"))


def zargunlite(folders: list[str]) -> tuple[int, Run]:
    """Rules as SQL over events in SQLite."""
    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection
    from sigma.pipelines.sysmon import sysmon_pipeline
    from zargunlite.core import ZargunCore
    from zargunlite.model import ZircoliteRule

    backend = sqliteBackend(sysmon_pipeline())
    rules = []
    for path in files(folders):
        try:
            (made,) = json.loads(backend.convert(SigmaCollection.load_ruleset([path]), "zircolite"))
        except Exception as error:  # noqa: BLE001 - whatever an engine cannot take is left out, and counted by the caller
            sys.stderr.write(f"{path}: {error}\n")
            continue
        names = ("title", "id", "level", "tags", "rule", "filename")
        rules.append(ZircoliteRule(**{name: made[name] for name in names if name in made}))

    def run(events: list[Event]) -> int:
        with ZargunCore() as core:
            core.load_data(events, strict_field_name=False)
            return sum(core.execute_zircolite_rule(rule).count for rule in rules)

    return len(rules), run


def azuma(folders: list[str]) -> tuple[int, Run]:
    """Rules as Python objects over dictionaries."""
    from azuma import Rule

    rules = []
    for path in files(folders):
        try:
            rules.append(Rule.model_validate_yaml(path.read_text("utf-8")))
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(f"{path}: {error}\n")

    def run(events: list[Event]) -> int:
        return sum(bool(rule.match(event)) for event in events for rule in rules)

    return len(rules), run


def main(engine: str, events: str, folders: list[str]) -> int:
    """Read the rules, then the clock runs."""
    try:
        count, run = {"zargunlite": zargunlite, "azuma": azuma}[engine](folders)
    except ImportError:
        return ABSENT
    read = [json.loads(line) for line in Path(events).read_text("utf-8").splitlines()]
    begin = time.process_time()
    found = run(read)
    sys.stdout.write(json.dumps({"rules": count, "detections": found, "seconds": time.process_time() - begin}))
    return 0


if __name__ == "__main__":  # no lane of its own
    raise SystemExit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
