"""A demo's lines for people, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tramgac_collector.cli.terminal import visible
from tramgac_collector.cli.words import vietnamese

# Check -> English, Vietnamese; {name} stands for a fact of the check.
_LINES: Final[dict[str, tuple[str, str]]] = {
    "address": ("The page answers after {seconds} s: {url}", "Trang web trả lời sau {seconds} giây: {url}"),
    "setup": ("Collector is up ({seconds} s): {url}", "Máy thu thập đã chạy ({seconds} giây): {url}"),
    "already": ("A demo runs here already: {url}", "Bản trình diễn đang chạy sẵn: {url}"),
    "enrolment": (
        "Agent enrolled by a one-time token: host {host}",
        "Tác nhân đã ghi danh bằng mã một lần: máy {host}",
    ),
    "content": (
        "Rules compiled, signed and pushed: version {version}, {rules} rules, {problems} problems",
        "Luật đã biên dịch, ký và gửi: phiên bản {version}, {rules} luật, {problems} lỗi",
    ),
    "sensor": ("{capability}: {rung} ({state}) {why}", "{capability}: {rung} ({state}) {why}"),
    "ready": ("Open {url}   one-time login: {login}", "Mở {url}   đăng nhập một lần: {login}"),
    "simulation": (
        "Harmless simulation of an attack: {acts} acts in {folder}",
        "Tấn công giả lập vô hại: {acts} hành vi trong {folder}",
    ),
    "alert": (
        "Alert after {latency_ms} ms: [{level}] {title} — {summary}",
        "Cảnh báo sau {latency_ms} ms: [{level}] {title} — {summary}",
    ),
    "detection": ("{act}: {rules} (latency {latency_ms} ms)", "{act}: {rules} (độ trễ {latency_ms} ms)"),
    "detections": ("{detected} of {acts} acts detected", "Phát hiện {detected}/{acts} hành vi"),
    "events": ("Events stored: {kinds}", "Sự kiện đã lưu: {kinds}"),
    "ledger": (
        "{emitted} emitted = {acked} acked + {spooled} spooled + {dropped} dropped; missed {missed}; stored {stored}",
        "Sổ cái: {emitted} phát = {acked} đã nhận + {spooled} chờ + {dropped} bỏ; sót {missed}; đã lưu {stored}",
    ),
    "push": (
        "Version {version} pushed: {act} was {before} before and {after} after",
        "Đã gửi phiên bản {version}: {act} trước {before}, sau {after}",
    ),
    "page": ("The page answers: status {status}, {bytes} bytes", "Trang web trả lời: mã {status}, {bytes} byte"),
    "stop": ("All that was started has ended", "Mọi tiến trình đã khởi động đều đã kết thúc"),
    "waiting_scoped": (
        "Watching the simulation alone; Ctrl-C ends all of it.",
        "Chỉ theo dõi phần giả lập; Ctrl-C để kết thúc.",
    ),
    "waiting": ("Watching this machine; Ctrl-C ends all of it.", "Đang theo dõi máy này; Ctrl-C để kết thúc."),
    "failed": ("{reason}", "{reason}"),
}


def line(check: str, facts: Mapping[str, Any]) -> str:
    """Give the line of a check; what came from a host is made visible."""
    english, native = _LINES.get(check, ("{check}", "{check}"))
    shown = {name: visible(str(value)) for name, value in facts.items()}
    return (native if vietnamese() else english).format_map({"check": check, **shown})
