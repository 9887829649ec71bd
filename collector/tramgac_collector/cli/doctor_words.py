"""What `tramgac collector doctor` says of what it looked at."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class Seen(Pair):
    """What was seen, and how to mend it where it is not well."""

    MODE = (
        "{root} has mode {mode}: others can read it; chmod 0700 it",
        "{root} có quyền {mode}: người khác đọc được; hãy chmod 0700",
    )
    FREE = "{free} MiB free", "còn trống {free} MiB"
    DISK_LOW = (
        (
            "{free} MiB free; below {low} MiB agents hold back what is not urgent, below {least} MiB events are "
            "refused: make room"
        ),
        (
            "còn trống {free} MiB; dưới {low} MiB thì tác tử giữ lại những gì không khẩn, dưới {least} MiB thì sự kiện "
            "bị từ chối: hãy dọn bớt"
        ),
    )
    DISK_FULL = (
        "{free} MiB free; events are refused below {least} MiB: make room",
        "còn trống {free} MiB; dưới {least} MiB thì sự kiện bị từ chối: hãy dọn bớt",
    )
    NO_HOLES = "no holes", "không có lỗ hổng"
    HOLE = (
        "{consumer} never read records {first} to {last} ({reason})",
        "{consumer} không đọc được bản ghi {first} đến {last} ({reason})",
    )
    HOLES = (
        (
            "{told}: look at the disk (record_unknown: was a newer version here?); whose events they were stands as "
            "gaps with the hosts, what bytes stood there lies beside; then remove {place}"
        ),
        (
            "{told}: hãy xem lại đĩa (record_unknown: phiên bản mới hơn đã chạy ở đây?); sự kiện của máy nào bị thiếu "
            "được ghi là khoảng trống ở máy đó, dữ liệu thô nằm bên cạnh; sau đó hãy xóa {place}"
        ),
    )
    NOTHING_ASIDE = "nothing", "không có gì"
    ASIDE = (
        "batches not digested whole: {count}; the .txt beside each says why; then remove {place}",
        "lô không xử lý trọn: {count}; tệp .txt bên cạnh nói rõ vì sao; sau đó hãy xóa {place}",
    )
    CONFINED = "YARA's child is confined by: {held}", "tiến trình con YARA bị giới hạn bởi: {held}"
    LESS_CONFINED = (
        (
            "YARA's child is confined by: {held}; missing: {missing}; network wants root or user namespaces, "
            "user wants root with CAP_SETUID and CAP_SETGID"
        ),
        (
            "tiến trình con YARA bị giới hạn bởi: {held}; thiếu: {missing}; network cần root hoặc user namespace, "
            "user cần root với CAP_SETUID và CAP_SETGID"
        ),
    )
    NO_CERTIFICATE = "{path}: {why}; restore it from a backup", "{path}: {why}; hãy khôi phục từ bản sao lưu"
    CERTIFICATE = "good until {day}", "có hiệu lực đến {day}"
    CERTIFICATE_ENDS = "good until {day}; renew it", "có hiệu lực đến {day}; hãy gia hạn"
    ROLE = "pid {pid}", "đang chạy, pid {pid}"
    NO_ROLE = (
        "not running; see {log}, start with: tramgac collector run --state {state}",
        "không chạy; xem {log}, khởi động bằng: tramgac collector run --state {state}",
    )
    ROLE_STARTS = (
        "not ready: the collector is starting or ending, or this role died; see {log}",
        "chưa sẵn sàng: máy thu thập đang khởi động hoặc đang dừng, hoặc vai trò này đã chết; xem {log}",
    )
    ANSWERS = "answers on {socket}", "trả lời trên {socket}"
    EVENTS = "{count} events", "{count} sự kiện"
    NO_RULES = (
        "none are in force, so nothing is detected: tramgac rules sign, tramgac rules push",
        "chưa có luật nào có hiệu lực nên không phát hiện được gì: tramgac rules sign, tramgac rules push",
    )
    NONE_PARKED = "all are evaluated", "tất cả đều được xét"
    PARKED = (
        "parked, so not evaluated: {told}; mend them, or try again: tramgac rules state RULE default --why TEXT",
        "tạm dừng, nên không được xét: {told}; hãy sửa luật, hoặc thử lại: tramgac rules state RULE default --why TEXT",
    )
