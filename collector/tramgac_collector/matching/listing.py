"""Lists of indicators over files: what `tramgac match --indicators` adds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tramgac_proto.names import parse_time
from tramgac_rules.authoring.indicators import gather
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.indicators import Hit, Indicators, telling

from tramgac_collector.matching.records import Entry


@dataclass(slots=True)
class Listing:
    """Indicators of lists; `problems`: entries of the lists that were left out, and why."""

    indicators: Indicators | None = None
    problems: tuple[Problem, ...] = ()
    met: int = 0
    """Detections that are theirs."""

    @classmethod
    def read(cls, paths: Sequence[Path]) -> "Listing":
        """Read lists. OSError if a path cannot be opened, IndicatorError for too many."""
        found = gather(paths)
        left_out = tuple(problem for problem in found.problems if problem.severity != "warning")
        return cls(Indicators(found.data) if found.data else None, left_out)

    @property
    def count(self) -> int:
        """How many different indicators there are."""
        return 0 if self.indicators is None else sum(self.indicators.counts.values())

    def detections(self, entry: Entry) -> Iterator[tuple[Mapping[str, Any], list[Mapping[str, str]]]]:
        """Yield, for each indicator that a record meets, its rule and why, as the lines of `match` have them."""
        if self.indicators is None or entry.record is None:
            return
        for met in telling.by_indicator(self.indicators.match(entry.record, _time(entry.time))):
            self.met += 1
            rule = telling.rule(met[0])
            yield {name: rule[name] for name in ("id", "title", "level", "tags")}, [_why(hit) for hit in met]


def _why(hit: Hit) -> Mapping[str, str]:
    about = {"source": hit.about.source, "note": hit.about.note}
    return {"field": hit.field, "value": hit.text, "pattern": hit.value, **about}


def _time(text: str | None) -> int:
    """Return a record's time, ns; 0 where it has none that can be read, so that no indicator has expired."""
    try:
        return parse_time(text or "")
    except ValueError:
        return 0
