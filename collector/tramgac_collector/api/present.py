"""The control store's forms as the API shows them: times as RFC 3339 in UTC instead of nanoseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tramgac_proto.names import time_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def with_times(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Give a copy whose members of these names are times as text; None stays."""
    times = {name: time_text(document[name]) for name in names if document.get(name) is not None}
    return {**document, **times}


def alert_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give an alert's row."""
    return with_times(row, "time", "created")


def alert_detail(detail: Mapping[str, Any]) -> dict[str, Any]:
    """Give an alert with all that belongs to it."""
    return {
        **alert_row(detail),
        "events": [with_times(event, "time", "received") for event in detail["events"]],
        "notes": [with_times(note, "time") for note in detail["notes"]],
        "history": [with_times(step, "time") for step in detail["history"]],
    }


def streamed(topic: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the payload of an outbox row as the stream sends it."""
    return alert_row(payload) if topic in {"alert", "alert_changed"} else payload
