"""Alerts to tell, for tests."""

from tramgac_collector.notify.queue import Notice
from tramgac_collector.notify.routing import Brief

HOSTILE = '<script>\r\nBcc: all@example.vn\x00\x1b[2J\u202e]" @all \\ \ud800 vssadmin'


def brief(number: int = 1, **changes: object) -> Brief:
    told = {
        "id": f"{number:032x}",
        "title": "Shadow copies deleted",
        "title_vi": "Xóa bản sao lưu",
        "level": "high",
        "rule": "rule-1",
        "tags": ("attack.t1490",),
        "host": f"{number:032x}",
        "hostname": f"pc-{number}",
        "site": "",
        "user": "an",
        "time": "2026-09-21T13:46:40Z",
        "summary": f"vssadmin delete shadows {number}",
        "stage": "confirmed",
        "created": 1_790_000_000_000_000_000,
    }
    return Brief(**{**told, **changes})


def notice(count: int = 1, language: str = "en", key: str = "1:rule-1", **changes: object) -> Notice:
    first = 1_790_000_000_000_000_000
    shown = [brief(number + 1, **changes) for number in range(min(count, 10))]
    level = shown[0].level
    return Notice(1, key, language, level, count, first, first + 60_000_000_000, first, shown)
