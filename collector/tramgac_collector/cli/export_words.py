"""What `tramgac export` says, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class ExportWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Alerts and events for other systems, by file, TCP, TLS and HTTP: look, check, export once.",
        "Cảnh báo, sự kiện cho hệ thống khác, qua tệp, TCP, TLS, HTTP: xem, kiểm tra, xuất một lần.",
    )
    LIST = "List the targets of export.toml.", "Liệt kê các đích trong export.toml."
    CHECK = (
        "Read export.toml and see whether each target can be reached; nothing is sent.",
        "Đọc export.toml và xem có tới được từng đích không; không gửi gì.",
    )
    RUN = (
        "Export what there is now to targets with manual = true, then end.",
        "Xuất những gì đang có tới các đích có manual = true rồi kết thúc.",
    )
    STATUS = (
        "How far each target is, what it was not told, and why it does not go on.",
        "Từng đích đã tới đâu, những gì không báo được và vì sao không đi tiếp.",
    )
    ONCE = (
        "Once, by this command; the others are exported all the time.",
        "Một lần, do chính lệnh này; các đích khác được xuất liên tục.",
    )
    NAMES = "Targets, as export.toml names them; none: all that are manual.", "Tên đích; bỏ trống: mọi đích manual."
    NO_TARGETS = (
        "{path} names no target; docs/operating.md shows some.",
        "{path} không nêu đích nào; docs/operating.md có ví dụ.",
    )
    NO_TARGET = "{path} has no target {name}; it has: {names}.", "{path} không có đích {name}; chỉ có: {names}."
    NONE_MANUAL = (
        "no target in {path} has manual = true: the collector exports to all by itself",
        "không đích nào trong {path} có manual = true: máy thu thập tự xuất tới mọi đích",
    )
    WANTS_ONCE = (
        "say --once: without end the collector itself exports (tramgac collector run)",
        "hãy thêm --once: xuất liên tục là việc của chính máy thu thập (tramgac collector run)",
    )
    REACHED = "reached", "tới được"
    GONE = "no longer in the file", "không còn trong tệp"
    UNKNOWN = "-", "-"
    DONE = "{name}: {sent} exported", "{name}: đã xuất {sent}"


class ExportHead(Pair):
    """A column's heading."""

    NAME = "NAME", "TÊN"
    WHAT = "WHAT", "NỘI DUNG"
    FORMAT = "FORMAT", "ĐỊNH DẠNG"
    TO = "TO", "GỬI TỚI"
    BY_HAND = "BY HAND", "THỦ CÔNG"
    STATE = "STATE", "TÌNH TRẠNG"
    SENT = "SENT", "ĐÃ GỬI"
    REFUSED = "REFUSED", "BỊ TỪ CHỐI"
    BEHIND = "BEHIND", "CÒN SAU"
    GAPS = "GAPS", "KHOẢNG TRỐNG"
    LAST = "UP TO", "TÍNH ĐẾN"
    TROUBLE = "WHAT IS WRONG", "VƯỚNG MẮC"


class Formatted(Pair):
    """What `tramgac events --format` says."""

    OPTION = (
        "Write events as exports have them: syslog, cef, ecs, ocsf.",
        "Ghi sự kiện theo định dạng xuất: syslog, cef, ecs, ocsf.",
    )
    UNKNOWN = "there is no format {name}; there are: {names}", "không có định dạng {name}; chỉ có: {names}"
    COUNTED = (
        "--format is for events: leave out what counts them",
        "--format chỉ dùng cho sự kiện: hãy bỏ phần đếm",
    )


class ExportState(Pair):
    """How a target stands."""

    SENDS = "sends", "đang gửi"
    WAITS = "up to date", "đã gửi hết"
    AWAY = "away", "không tới được"
