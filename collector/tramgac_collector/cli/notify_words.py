"""What `tramgac notify` and `tramgac metrics` say, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class NotifyWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Who is told of alerts, by mail, webhook and syslog: look, test, check.",
        "Ai được báo cảnh báo, qua thư, webhook, syslog: xem, thử, kiểm tra.",
    )
    LIST = "List channels, what waits for them and what they were told.", "Liệt kê các kênh, phần đang chờ và đã báo."
    TEST = (
        "Send a test by a channel, now and by this command itself.",
        "Gửi ngay một thông báo thử qua kênh, do chính lệnh này gửi.",
    )
    CHECK = (
        "Read notify.toml and the files that it names; nothing is sent.",
        "Đọc notify.toml và các tệp nêu trong đó; không gửi gì.",
    )
    RETRY = "Try again what was given up for a channel.", "Thử lại những gì đã bỏ cuộc của một kênh."
    FORGET = "Forget what was given up for a channel.", "Bỏ hẳn những gì đã bỏ cuộc của một kênh."
    CHANNEL = "The channel's name, as notify.toml has it.", "Tên kênh, như trong notify.toml."
    NO_CHANNEL = (
        "{path} has no channel {name}; it has: {names}.",
        "{path} không có kênh {name}; chỉ có: {names}.",
    )
    SENT = "{name}: the test was taken by {target}.", "{name}: {target} đã nhận thông báo thử."
    NOT_SENT = "{name}: {why}", "{name}: {why}"
    FINE = (
        "{path}: {channels:channel|channels}, {routes:route|routes}; nothing is wrong.",
        "{path}: {channels} kênh, {routes} tuyến; không có gì sai.",
    )
    ABSENT = (
        "{path} is not there: nobody is told of alerts. docs/operating.md shows one.",
        "Không có {path}: không ai được báo cảnh báo. Xem ví dụ trong docs/operating.md.",
    )
    RETRIED = "{name}: {count:alert is|alerts are} tried again.", "{name}: thử lại {count} cảnh báo."
    FORGOTTEN = "{name}: {count:alert is|alerts are} forgotten.", "{name}: đã bỏ {count} cảnh báo."
    GONE = "not in notify.toml", "không có trong notify.toml"
    NONE = (
        "No channels: nobody is told of alerts. Write {path}; docs/operating.md shows one.",
        "Chưa có kênh nào: không ai được báo cảnh báo. Hãy viết {path}; xem ví dụ trong docs/operating.md.",
    )


class NotifyHead(Pair):
    """A column's heading."""

    CHANNEL = "CHANNEL", "KÊNH"
    TO = "TO", "GỬI TỚI"
    WAITING = "WAITING", "ĐANG CHỜ"
    GIVEN_UP = "GIVEN UP", "BỎ CUỘC"
    TOLD = "TOLD", "ĐÃ BÁO"
    LAST_SENT = "LAST SENT", "GỬI LẦN CUỐI"
    TROUBLE = "WHAT IS WRONG", "VƯỚNG MẮC"
    NAME = "NAME", "TÊN"
    LAST_USED = "LAST USED", "DÙNG LẦN CUỐI"


class MetricsWord(Pair):
    """What `tramgac metrics` says."""

    ABOUT = (
        "What the collector tells a monitoring system, and the tokens that let it in.",
        "Số liệu cho hệ thống giám sát, và mã truy cập cho nó.",
    )
    SHOW = "Print all metrics, as Prometheus reads them.", "In mọi số liệu, đúng dạng Prometheus đọc."
    GRANT = (
        "Make a token that reads /api/metrics, and print it; it is shown this once.",
        "Tạo mã truy cập đọc /api/metrics và in ra; chỉ hiện một lần.",
    )
    TOKENS = "List these tokens, newest first.", "Liệt kê các mã này, mới nhất trước."
    REVOKE = "Take a token back.", "Thu hồi một mã."
    NAME = "What the token is for, such as prometheus.", "Mã dùng cho gì, ví dụ prometheus."
    VALID = "How long it is good, 1826d at most.", "Có hiệu lực bao lâu, nhiều nhất 1826d."
    TOKEN = (
        "The token's number, as `tramgac metrics tokens` shows it.",
        "Số của mã, như `tramgac metrics tokens` hiển thị.",
    )
    REVOKED = "Token {id} lets nobody in any more.", "Mã {id} không còn hiệu lực."
    NONE = (
        "No tokens yet. Make one: `tramgac metrics grant prometheus > token`.",
        "Chưa có mã nào. Tạo bằng: `tramgac metrics grant prometheus > token`.",
    )
