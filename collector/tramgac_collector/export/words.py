"""What is said of exports, in both languages: what is wrong in the file, and why a destination does not take it."""

from __future__ import annotations

from tramgac_collector.pairs import Pair


class Exporting(Pair):
    """A sentence, or a part of one."""

    # export.toml
    NO_WORD = (
        "{text!r} is no name: letters, digits, - and _ (64 at most)",
        "{text!r} không phải tên hợp lệ: chữ, số, - và _ (tối đa 64)",
    )
    TWICE = "two targets are called {name}", "có hai đích cùng tên {name}"
    NO_TIME = (
        'must be "now", "all" or a time such as 2026-01-31T08:00:00Z',
        'phải là "now", "all" hoặc thời điểm như 2026-01-31T08:00:00Z',
    )
    NO_URL = (
        "{text!r} is no address that begins with https:// (or http:// with plain = true), without a user in it",
        "{text!r} không phải địa chỉ bắt đầu bằng https:// (hoặc http:// khi plain = true), không kèm tên người dùng",
    )
    NO_FOLDER = "{text!r} must begin with /", "{text!r} phải bắt đầu bằng /"
    NO_QUERY = "{why}", "{why}"
    HOST_ID = (
        "host takes a host's id here, 32 digits of 0-9 and a-f, not {text}; `tramgac hosts` lists them",
        "host ở đây nhận mã máy gồm 32 ký tự 0-9, a-f, không phải {text}; `tramgac hosts` liệt kê các mã",
    )
    NO_STAGE = "a search here only chooses: no | count, no | rare", "ở đây chỉ lọc: không dùng | count, | rare"
    FOR_EVENTS = 'is for what = "events" alone', 'chỉ dùng với what = "events"'
    FOR_ALERTS = 'is for what = "alerts" alone', 'chỉ dùng với what = "alerts"'
    NO_PAIR = (
        "certificate_file and key_file go together",
        "certificate_file và key_file phải đi cùng nhau",
    )
    NO_TLS_FILES = 'is for security = "tls" alone', 'chỉ dùng với security = "tls"'
    NO_INDEX = 'index is for format = "ecs"', 'index chỉ dùng với format = "ecs"'
    SECRET = "{file}: {why}", "{file}: {why}"
    SECRET_MODE = (
        "others can read it (mode {mode}): chmod 0600 it",
        "người khác đọc được (quyền {mode}): hãy chmod 0600",
    )
    SECRET_EMPTY = "it is empty", "tệp rỗng"
    SECRET_LINE = "it holds more than one line of plain ASCII", "chứa nhiều hơn một dòng ASCII"
    # Destinations
    NO_PLACE = (
        "{where}: {why}; the folder must exist and belong to the collector's user",
        "{where}: {why}; thư mục phải có sẵn và thuộc người dùng của máy thu thập",
    )
    NO_ROOM = (
        "{where}: {free} MiB free, {least} MiB are kept for the collector itself: fetch the files or make room",
        "{where}: còn {free} MiB, {least} MiB dành cho chính máy thu thập: hãy lấy tệp đi hoặc dọn bớt",
    )
    NO_ANSWER = "{server}: {why}", "{server}: {why}"
    ENDED = "the other side ended the connection", "phía bên kia đã ngắt kết nối"
    SLOW = (
        "what was sent was not taken within {seconds} s",
        "dữ liệu đã gửi không được nhận trong {seconds} giây",
    )
    STATUS = "{server} answered {status}: {said}", "{server} trả lời {status}: {said}"
    STATUS_RIGHTS = (
        "{server} answered {status}: look at url and token_file: {said}",
        "{server} trả lời {status}: hãy xem lại url và token_file: {said}",
    )
    NO_ACCOUNT = (
        "{server} did not say what became of each document: is it Elasticsearch's _bulk?",
        "{server} không cho biết kết quả từng tài liệu: đó có phải _bulk của Elasticsearch?",
    )
    # The exporter
    ANOTHER = (
        "another exporter moved {name}: only one may run",
        "một tiến trình xuất khác đã dời {name}: chỉ được chạy một tiến trình",
    )
    NOT_MANUAL = (
        "the collector exports to {name} by itself: set manual = true for it to be left to `run --once`",
        "máy thu thập tự xuất tới {name}: hãy đặt manual = true để dành đích này cho `run --once`",
    )
