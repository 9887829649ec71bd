"""A demo's words in English and Vietnamese: sentences by check, notes for people alone, names of what they mention."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tramgac_wire.counted import fill

from tramgac_collector.pairs import pick, vietnamese

Pair = tuple[str, str]
"""English, Vietnamese; {name} stands for a fact."""

LINES: Final[Mapping[str, Pair]] = {
    "address": ("The page answers after {seconds}: {url}", "Trang web trả lời sau {seconds}: {url}"),
    "setup": ("The whole collector runs after {seconds}", "Toàn bộ máy thu thập đã chạy sau {seconds}"),
    "already": ("A demo runs here already: {url}", "Bản trình diễn đang chạy sẵn: {url}"),
    "enrolment": ("Agent enrolled by a one-time token: host {host}", "Tác tử đã ghi danh bằng mã một lần: máy {host}"),
    "content": (
        "Rules compiled, signed and pushed: version {version}, {rules:rule|rules}{problems}",
        "Luật đã biên dịch, ký và gửi: phiên bản {version}, {rules} luật{problems}",
    ),
    "ready": (
        "Open this address; it signs you in, once: {login}",
        "Mở địa chỉ này để vào thẳng, dùng được một lần: {login}",
    ),
    "simulation": (
        "The simulation is over: {acts:act was|acts were} done below {folder}",
        "Giả lập đã xong: {acts} hành vi, tất cả nằm trong {folder}",
    ),
    "alert": (
        "Alert after {latency_ms}: [{level}] {title} — {summary}",
        "Cảnh báo sau {latency_ms}: [{level}] {title} — {summary}",
    ),
    "detection": ("{act}: detected after {latency_ms} by {rules}", "{act}: phát hiện sau {latency_ms} bởi {rules}"),
    "undetected": ("{act}: none of these rules saw it", "{act}: không luật nào trong số này thấy"),
    "detections": (
        "{detected} of {acts:act|acts} detected, half of the alerts within {median_latency_ms}",
        "Phát hiện {detected}/{acts} hành vi, một nửa số cảnh báo có trong vòng {median_latency_ms}",
    ),
    "push": (
        "Version {version} pushed without a restart: “{act}” was {before} before and is {after} now",
        "Đã gửi phiên bản {version}, không cần khởi động lại: “{act}” trước đó {before}, nay {after}",
    ),
    "ledger": (
        (
            "The ledger adds up: when the agent stopped it had numbered {emitted:event|events}"
            " = {acked} acknowledged + {spooled} spooled (still on its disk, sent right after) + {dropped} dropped;"
            " {missed} missed{unwatched_seconds}.\n"
            "The collector stores {stored}: these and the agent's last words, which do not count themselves"
        ),
        (
            "Sổ sự kiện khớp: khi dừng, tác tử đã đánh số {emitted} sự kiện"
            " = {acked} đã nhận + {spooled} chờ (còn trên đĩa, được gửi ngay sau đó) + {dropped} bỏ;"
            " {missed} sót{unwatched_seconds}.\n"
            "Máy thu thập đã lưu {stored}: số đó và lời cuối của tác tử, vì lời cuối không tự đếm mình"
        ),
    ),
    "events": ("Events stored: {kinds}", "Sự kiện đã lưu: {kinds}"),
    "page": (
        "The page comes with its security policy: status {status}, {bytes} bytes",
        "Trang web có kèm chính sách bảo mật: mã {status}, {bytes} byte",
    ),
    "stop": ("All that was started has ended", "Mọi tiến trình đã khởi động đều đã kết thúc"),
    "failed": ("{reason}", "{reason}"),
}
"""What is said of a check that held; of one that did not too, unless it stands below."""
FAILED: Final[Mapping[str, Pair]] = {
    "address": ("The page does not answer: {url}", "Trang web không trả lời: {url}"),
    "content": (
        "None of the rules can be used{problems}",
        "Không luật nào dùng được{problems}",
    ),
    "simulation": (
        "Only {acts:act of the simulation was|acts of the simulation were} done below {folder}",
        "Chỉ {acts} hành vi giả lập được thực hiện trong {folder}",
    ),
    "detection": (
        "{act}: not every rule that should saw it; seen by: {rules}{missing}",
        "{act}: không được mọi luật lẽ ra phải thấy phát hiện; đã thấy: {rules}{missing}",
    ),
    "ledger": (
        (
            "The ledger does not add up: {emitted} numbered by the agent; {acked} acknowledged, {spooled} spooled,"
            " {dropped} dropped, {missed} missed{unwatched_seconds}, {gaps:gap|gaps}; the collector stores {stored}"
        ),
        (
            "Sổ sự kiện không khớp: tác tử đánh số {emitted}; đã nhận {acked}, chờ {spooled},"
            " bỏ {dropped}, sót {missed}{unwatched_seconds}, {gaps} khoảng trống; máy thu thập đã lưu {stored}"
        ),
    ),
    "events": ("Not every kind that should be is stored: {kinds}", "Chưa lưu đủ các loại sự kiện: {kinds}"),
    "page": (
        "The page does not come as it should: status {status}, {bytes} bytes",
        "Trang web trả lời không đúng: mã {status}, {bytes} byte",
    ),
    "stop": (
        "Did not end well: {statuses}; logs are in {logs}",
        "Kết thúc không tốt: {statuses}; nhật ký nằm trong {logs}",
    ),
}
NOTES: Final[Mapping[str, Pair]] = {
    "starting": (
        "Starting the collector (state: {state}); the first time takes longest",
        "Đang khởi động máy thu thập (trạng thái: {state}); lần đầu lâu nhất",
    ),
    "agent": ("Starting the agent", "Đang khởi động tác tử"),
    "acting": (
        "A harmless simulation of an attack begins: {acts:act|acts}, all below {folder}",
        "Bắt đầu tấn công giả lập vô hại: {acts} hành vi, tất cả nằm trong {folder}",
    ),
    "pushing": ("Pushing one more rule while all runs", "Gửi thêm một luật trong khi hệ thống đang chạy"),
    "settling": (
        "Stopping the agent, to compare its last account with the store",
        "Dừng tác tử để đối chiếu sổ của nó với kho sự kiện",
    ),
    "waiting": (
        "Watching this machine: {url}   Ctrl-C ends all of it",
        "Đang theo dõi máy này: {url}   Ctrl-C để kết thúc tất cả",
    ),
    "waiting_scoped": (
        "Watching the simulation alone: {url}   Ctrl-C ends all of it",
        "Chỉ theo dõi phần giả lập: {url}   Ctrl-C để kết thúc tất cả",
    ),
    "asking": (
        "Ask it from another terminal: {tramgac} alerts --state {state}",
        "Hỏi từ một terminal khác: {tramgac} alerts --state {state}",
    ),
    "stopping": ("Stopping…", "Đang dừng…"),
    "held": ("All that was checked held", "Mọi điều được kiểm chứng đều đạt"),
    "not_held": (
        "{failed} of the checks did not hold: see ✗ above",
        "{failed} điều kiểm chứng không đạt: xem ✗ ở trên",
    ),
}
"""What people are told beside the checks; programs are not."""
REASONS: Final[Mapping[str, Pair]] = {
    "require_form": (
        "--require {text}: write CAPABILITY=RUNG, as process=ebpf,file=fanotify",
        "--require {text}: hãy viết KHẢ_NĂNG=MỨC, ví dụ process=ebpf,file=fanotify",
    ),
    "require_capability": (
        "--require {text}: there is no capability {name}; there are {known}",
        "--require {text}: không có khả năng {name}; chỉ có {known}",
    ),
    "require_rung": (
        "--require {text}: {capability} has no rung {name}; it has {known}",
        "--require {text}: {capability} không có mức {name}; chỉ có {known}",
    ),
    "rules": ("--rules {path}: no such file or folder", "--rules {path}: không có tệp hay thư mục này"),
    "no_rules": (
        "none of these rules can be used; `tramgac rules check PATH` says why, line by line",
        "không luật nào dùng được; `tramgac rules check PATH` nói rõ lý do từng dòng",
    ),
    "busy": (
        "a demo runs at {state} already, and nothing was checked: end it, or name another --state",
        "đã có bản trình diễn chạy tại {state}, chưa kiểm chứng gì: hãy dừng nó hoặc chọn --state khác",
    ),
    "another": (
        "{state} has a collector that no demo made ({file}), and was left as it is: name another folder with --state",
        "{state} có máy thu thập không do bản trình diễn tạo ({file}), đã giữ nguyên: chọn thư mục khác bằng --state",
    ),
    "beginning": (
        "another demo is just starting at {state}; try again in a moment",
        "một bản trình diễn khác đang khởi động tại {state}; hãy thử lại sau giây lát",
    ),
    "interrupted": (
        "interrupted before everything was checked",
        "bị ngắt trước khi kiểm chứng xong",
    ),
    "no_port": ("no port is free on loopback (127.0.0.1)", "không còn cổng trống trên loopback (127.0.0.1)"),
    "no_sensor": ("no such sensor runs", "không có cảm biến này đang chạy"),
    "ended": (
        "{name} ended with exit status {status}; its log {log} ends:\n{tail}",
        "{name} đã kết thúc với mã thoát {status}; cuối nhật ký {log}:\n{tail}",
    ),
    "late": (
        "{name} was not ready within {seconds}; its log {log} ends:\n{tail}",
        "{name} chưa sẵn sàng sau {seconds}; cuối nhật ký {log}:\n{tail}",
    ),
    "no_bundle": (
        "the agent did not load rules {version} within {seconds}; its log {log} ends:\n{tail}",
        "tác tử chưa nạp bộ luật {version} sau {seconds}; cuối nhật ký {log}:\n{tail}",
    ),
}
"""Why a demo fails."""


def reason(why: str, **params: object) -> str:
    """Say why a demo fails; parameters go in as they are."""
    return fill(pick(REASONS[why]), params)


def duration(milliseconds: float) -> str:
    """Give a time as people read it: 420 ms, 1.4 s, 79 s; in Vietnamese with its comma."""
    if milliseconds < 1000:  # noqa: PLR2004 - a second
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    digits = f"{seconds:.1f}" if seconds < 10 else f"{seconds:.0f}"  # noqa: PLR2004
    return digits.replace(".", ",") + " giây" if vietnamese() else digits + " s"
