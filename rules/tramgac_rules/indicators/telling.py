"""An indicator that was met, as a rule is told: an id that stays, title and texts in both languages, why."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from tramgac_rules.indicators.matcher import Hit

_WORDS: Mapping[str, tuple[str, str]] = {
    "sha256": ("file", "Tệp"),
    "sha1": ("file", "Tệp"),
    "md5": ("file", "Tệp"),
    "imphash": ("imports of a program", "Bảng nhập của chương trình"),
    "address": ("address", "Địa chỉ"),
    "network": ("network", "Dải mạng"),
    "domain": ("domain", "Tên miền"),
    "hostname": ("host name", "Tên máy chủ"),
    "url": ("URL", "URL"),
    "path": ("path", "Đường dẫn"),
    "name": ("file name", "Tên tệp"),
}
_LONG = 120  # characters of a value in a rule's id: it is a key of a database
_SHOWN = 48  # characters of a value in a title
_TRIAGE = (
    "Who lists it, since when, and for what? The list's note says it, or its source does",
    "What did the process that met it do before and after?",
    "Do other hosts have events with the same value?",
    "An address or a name may have changed hands since it was listed: is it still what the list says?",
)
_TRIAGE_VI = (
    "Ai đưa vào danh sách, từ khi nào, vì sao? Xem ghi chú hoặc nguồn của danh sách",
    "Tiến trình liên quan đã làm gì trước và sau đó?",
    "Các máy khác có sự kiện với cùng giá trị này không?",
    "Địa chỉ hay tên có thể đã đổi chủ: nó còn đúng như danh sách nói không?",
)


def by_indicator(hits: Iterable[Hit]) -> list[list[Hit]]:
    """Return the hits of each indicator together: one event may carry it in several fields."""
    found: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        found.setdefault((hit.kind, hit.value), []).append(hit)
    return list(found.values())


def rule_id(kind: str, value: str) -> str:
    """Return the id of an indicator's rule: it stays the same whatever lists say of it later."""
    named = value if len(value) <= _LONG else f"sha256-{hashlib.sha256(value.encode()).hexdigest()[:32]}"
    return f"indicator:{kind}:{named}"


def rule(hit: Hit) -> dict[str, Any]:
    """Return an indicator as an alert keeps a rule."""
    word, word_vi = _WORDS[hit.kind]
    shown = hit.value if len(hit.value) <= _SHOWN else f"{hit.value[: _SHOWN - 1]}…"
    source, note = hit.about.source or "-", hit.about.note
    return {
        "id": rule_id(hit.kind, hit.value),
        "title": f"Listed {word}: {shown}",
        "title_vi": f"{word_vi} có trong danh sách: {shown}",
        "level": hit.about.level,
        "tags": [],
        "description": f"{hit.value} ({hit.kind}) is on a list of indicators. Source: {source}. {note}".strip(),
        "description_vi": f"{hit.value} ({hit.kind}) có trong danh sách chỉ dấu. Nguồn: {source}. {note}".strip(),
        "triage": list(_TRIAGE),
        "triage_vi": list(_TRIAGE_VI),
        "author": hit.about.source,
        "falsepositives": ["A list that is out of date, or names what harmless programs use too"],
        "references": [],
    }


def version(hit: Hit) -> str:
    """Return what names the present words of the list: 16 hexadecimal digits."""
    about = hit.about
    told = "\n".join([about.level, about.source, about.note, str(about.expires)])
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def why(hit: Hit) -> dict[str, Any]:
    """Return where an indicator stood, as an alert keeps a condition, with the list's source and note."""
    told = {"selection": hit.about.source or "indicators", "field": hit.field, "value": hit.text, "pattern": hit.value}
    return {**told, "spans": [list(hit.span)], "negated": False, "source": hit.about.source, "note": hit.about.note}
