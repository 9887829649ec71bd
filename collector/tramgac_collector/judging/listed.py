"""Indicators that events met, as detections: a rule id of their own, `indicator:KIND:VALUE`."""

from collections.abc import Iterable, Sequence

from tramgac_rules.indicators import Hit, telling

from tramgac_collector.alerts import Detection, EventCopy


def detections(hits: Iterable[Hit], events: Sequence[EventCopy]) -> list[Detection]:
    """Return a detection for each indicator that these events met, with each field in which it stood."""
    return [
        Detection(telling.rule(met[0]), telling.version(met[0]), events, [telling.why(hit) for hit in met])
        for met in telling.by_indicator(hits)
    ]
