"""One row a figure, as ./dev lab and ./dev bench print them. Not a lane itself."""

import json
import sys


def row(
    lane: str,
    what: str,
    value: float,
    unit: str,
    *,
    at_most: float | None = None,
    at_least: float | None = None,
    target: float | None = None,
    baseline: float | None = None,
) -> bool:
    """Print one figure with its target (the bound, where none is named); whether it is well.

    `baseline`: the same of what is compared with, in the same run; its ratio to the value is printed.
    """
    good = (at_most is None or value <= at_most) and (at_least is None or value >= at_least)
    bound = at_most if at_most is not None else at_least
    figure = {"bench": lane, "what": what, "value": value, "unit": unit, "baseline": baseline}
    figure["ratio"] = None if not baseline or not value else round(value / baseline, 3)
    sys.stdout.write(json.dumps({**figure, "target": bound if target is None else target, "ok": good}) + "\n")
    sys.stdout.flush()
    return good


def note(text: str) -> None:
    """Say something for people, beside the figures."""
    sys.stderr.write(text + "\n")
