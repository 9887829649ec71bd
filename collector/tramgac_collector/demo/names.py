"""Names of what a demo's lines mention, in English and Vietnamese: acts, sensors, kinds of event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tramgac_collector.demo.words import Pair
from tramgac_collector.pairs import pick

ACTS: Final[Mapping[str, Pair]] = {
    "download_piped_to_shell": ("Download piped into a shell", "Tải về và đưa thẳng cho shell"),
    "encoded_command": ("Command hidden in base64", "Lệnh giấu trong base64"),
    "scheduled_job": ("Scheduled job left behind", "Cài tác vụ định kỳ"),
    "user_service": ("Service that starts with the login", "Cài dịch vụ tự chạy khi đăng nhập"),
    "reverse_shell": ("Reverse shell", "Shell nối ngược"),
    "program_from_memory": ("Program run from memory", "Chạy chương trình từ bộ nhớ"),
    "dropped_script": ("Malicious script dropped", "Thả tập lệnh độc hại"),
    "log_cleared": ("Log removed", "Xoá nhật ký"),
    "system_looked_over": ("System looked over", "Dò thông tin hệ thống"),
}
CAPABILITIES: Final[Mapping[str, Pair]] = {
    "process": ("Processes", "Tiến trình"),
    "file": ("Files", "Tệp"),
    "network": ("Network", "Mạng"),
}
STATES: Final[Mapping[str, Pair]] = {
    "alive": ("seen by {rung}", "đang thấy bằng {rung}"),
    "blind": ("BLIND ({rung})", "BỊ MÙ ({rung})"),
    "absent": ("no sensor", "không có cảm biến"),
}
KINDS: Final[Mapping[str, Pair]] = {
    "process_start": ("processes started", "tiến trình bắt đầu"),
    "process_exit": ("processes ended", "tiến trình kết thúc"),
    "file_create": ("files created", "tệp được tạo"),
    "file_write": ("files written", "tệp được ghi"),
    "file_delete": ("files deleted", "tệp bị xoá"),
    "file_rename": ("files renamed", "tệp đổi tên"),
    "network_connection": ("connections", "kết nối mạng"),
    "scan_hit": ("files recognised by content", "tệp nhận ra theo nội dung"),
    "event_log": ("event log records", "bản ghi nhật ký sự kiện"),
    "log_line": ("log lines", "dòng nhật ký"),
    "health": ("reports of the agent's health", "báo cáo tình trạng tác tử"),
    "inventory": ("inventories", "bản kiểm kê"),
}
DETECTED: Final[Mapping[str, Pair]] = {
    "detected": ("detected", "bị phát hiện"),
    "not detected": ("not detected", "không bị phát hiện"),
}


def named(names: Mapping[str, Pair], name: object) -> str:
    """Give the name in the person's language; what has none is its own."""
    pair = names.get(str(name))
    return str(name) if pair is None else pick(pair)
