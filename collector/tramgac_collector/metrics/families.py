"""Names of metrics: which count of which role is which, and what each is about.

What a role counts and no line here names is told as `tramgac_role_counts_total{role, name}`, so that nothing that is
counted stays unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric

from tramgac_collector.tallies import Tally

ANY = "*"
"""Of any role: its name is the label `role` then."""


@dataclass(frozen=True, slots=True)
class Named:
    """One count of a role, or all whose names begin so: then the rest of the name is the label `reason`."""

    role: str
    count: str
    metric: str
    about: str
    reasons: bool = False


COUNTERS: tuple[Named, ...] = (
    Named("gateway", "events", "tramgac_events_received", "Events that agents sent and the collector had not."),
    Named("gateway", "events_duplicate", "tramgac_events_duplicate", "Events that came again."),
    Named("gateway", "acks", "tramgac_acknowledgements", "Acknowledgements that were written to streams."),
    Named("gateway", "quarantined", "tramgac_quarantines", "Hosts that were put into quarantine."),
    Named("gateway", "loop_late", "tramgac_gateway_loop_late", "Times that the gateway's loop was late by 0.1 s."),
    Named("gateway", "log_syncs", "tramgac_log_syncs", "Times that the ingest log was made safe on the disk."),
    Named("gateway", "throttled", "tramgac_throttles", "Times that agents were asked to hold back: the disk is low."),
    Named("gateway", "enrolments", "tramgac_enrolments", "Hosts that enrolled."),
    Named("gateway", "batches_duplicate", "tramgac_batches_duplicate", "Batches that came again."),
    Named("gateway", "refused_", "tramgac_connections_refused", "Connections that were refused.", reasons=True),
    Named("gateway", "batches_refused_", "tramgac_batches_refused", "Batches that were not taken.", reasons=True),
    Named("gateway", "enrolments_", "tramgac_enrolments_refused", "Enrolments that were refused.", reasons=True),
    Named("gateway", "closed_", "tramgac_streams_closed", "Dialogues that ended.", reasons=True),
    Named("gateway", "report_", "tramgac_reports", "What was odd about a host's dialogue.", reasons=True),
    Named("store", "events_stored", "tramgac_events_stored", "Events that went into the event store."),
    Named("store", "events_poison", "tramgac_events_set_aside", "Events that could not be stored, kept aside."),
    Named("judge", "events", "tramgac_events_judged", "Events that were judged."),
    Named("judge", "batches", "tramgac_batches_judged", "Batches that were judged."),
    Named("judge", "set_aside", "tramgac_batches_set_aside", "Batches that could not be judged, kept aside."),
    Named("judge", "alerts_held_back", "tramgac_alerts_held_back", "Alerts that exceptions held back."),
    Named(
        "judge", "exceptions_unsure", "tramgac_exceptions_unsure", "Times that nobody could tell; there was an alert."
    ),
    Named("judge", "long_values", "tramgac_long_values", "Values of which rules saw the beginning alone."),
    Named("judge", "gaps", "tramgac_gaps", "Gaps that were written down with hosts."),
    Named("judge", "silences", "tramgac_silences", "Hosts that fell silent."),
    Named("collector", "restarts_", "tramgac_role_restarts", "Times that a role died and was started again."),
    Named(ANY, "writes_long", "tramgac_control_writes_long", "Writes that kept the control store for more than 50 ms."),
)
GAUGES: tuple[Named, ...] = (
    Named("gateway", "streams", "tramgac_streams", "Agents that are connected."),
    Named("gateway", "waiting_bytes", "tramgac_gateway_waiting_bytes", "Bytes of batches that wait for the disk."),
    Named("gateway", "loop_lag_s", "tramgac_gateway_loop_lag_seconds", "How late the gateway's loop was of late."),
    Named(
        ANY,
        "write_longest_s",
        "tramgac_control_write_longest_seconds",
        "How long the longest write of the last minute or two kept the control store.",
    ),
)
_RESTARTS = "restarts_"


def of_roles(tallies: Iterable[Tally], now: int) -> list[Metric]:
    """Make the metrics of what roles counted; `now` in nanoseconds since 1970."""
    counters = {each.metric: _counter(each) for each in COUNTERS}
    gauges = {each.metric: GaugeMetricFamily(each.metric, each.about, labels=_labels(each)) for each in GAUGES}
    others = CounterMetricFamily("tramgac_role_counts", "Whatever else a role counts.", labels=["role", "name"])
    values = GaugeMetricFamily("tramgac_role_values", "Whatever else a role tells.", labels=["role", "name"])
    age = GaugeMetricFamily("tramgac_role_told_seconds_ago", "Age of what a role told last.", labels=["role"])
    for tally in tallies:
        age.add_metric([tally.role], max(0.0, (now - tally.as_of) / 1e9))
        for name, count in sorted(tally.counters.items()):
            if found := _named(tally.role, name):
                _add(counters[found.metric], _values(found, tally.role, name), count, tally.role)
            else:
                others.add_metric([tally.role, name], count)
        for name, value in sorted(tally.gauges.items()):
            known = next((each for each in GAUGES if each.role in (tally.role, ANY) and each.count == name), None)
            if known:
                gauges[known.metric].add_metric(_values(known, tally.role, name), value)
            else:
                values.add_metric([tally.role, name], value)
    return [*counters.values(), *gauges.values(), others, values, age]


def _named(role: str, name: str) -> Named | None:
    """Find the line of a count: one that is named whole goes first. That of a role is that of its several processes."""
    of_role = [each for each in COUNTERS if each.role in (role.partition("-")[0], ANY)]
    whole = (each for each in of_role if each.count == name and not _labelled(each))
    return next(whole, None) or next(
        (each for each in of_role if _labelled(each) and name.startswith(each.count)), None
    )


def _add(family: CounterMetricFamily, labels: list[str], count: int, role: str) -> None:
    """Add a count; that of a second judge, a third, has its name as the label `role`."""
    if "-" in role and not labels:
        family.add_sample(f"{family.name}_total", {"role": role}, count)
    else:
        family.add_metric(labels, count)


def _labelled(named: Named) -> bool:
    return named.reasons or named.count == _RESTARTS


def _counter(named: Named) -> CounterMetricFamily:
    return CounterMetricFamily(named.metric, named.about, labels=_labels(named))


def _labels(named: Named) -> list[str]:
    return ["role"] if named.role == ANY or named.count == _RESTARTS else ["reason"] if named.reasons else []


def _values(named: Named, role: str, name: str) -> list[str]:
    """Give those of the labels for what a role told under a name."""
    if named.role == ANY:
        return [role]
    return [name.removeprefix(named.count)] if _labelled(named) else []


def gauge(name: str, about: str, values: float | Mapping[Any, float], *labels: str) -> Metric:
    """Make one gauge: of one value, or of values by label, or by a tuple of labels."""
    return _filled(GaugeMetricFamily(name, about, labels=list(labels)), values)


def counter(name: str, about: str, values: float | Mapping[Any, float], *labels: str) -> Metric:
    """Make one counter as `gauge` does; its samples end with `_total`."""
    return _filled(CounterMetricFamily(name, about, labels=list(labels)), values)


def _filled(made: GaugeMetricFamily | CounterMetricFamily, values: float | Mapping[Any, float]) -> Metric:
    for given, value in values.items() if isinstance(values, Mapping) else [((), values)]:
        made.add_metric([given] if isinstance(given, str) else list(given), value)
    return made
