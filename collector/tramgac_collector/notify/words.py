"""What is wrong with `notify.toml` or with a channel, in both languages."""

from __future__ import annotations

from tramgac_collector.pairs import Pair


class Notify(Pair):
    """A sentence, or a part of one."""

    FILE = (
        "{path}: {faults}. Correct the file; docs/operating.md shows one.",
        "{path}: {faults}. Hãy sửa tệp này; docs/operating.md có ví dụ.",
    )
    NO_CHANNEL = "there is no [[channel]] named {name!r}", "không có [[channel]] nào tên {name!r}"
    TWICE = "two channels are named {name!r}", "có hai kênh cùng tên {name!r}"
    NO_HOURS = "{text!r} is no span such as 22:00-06:00", "{text!r} không phải khoảng giờ, ví dụ 22:00-06:00"
    NO_ZONE = "there is no time zone {text!r} (such as Asia/Ho_Chi_Minh)", "không có múi giờ {text!r}"
    NO_MAIL = "{text!r} is no mail address", "{text!r} không phải địa chỉ thư"
    NO_URL = (
        "{text!r} is no https:// address (http:// only with near = true, to this machine or its link)",
        "{text!r} không phải địa chỉ https:// (http:// chỉ dùng khi near = true, tới chính máy này hoặc mạng liền kề)",
    )
    NO_WORD = (
        "{text!r} must be letters, digits, - and _, 64 at most",
        "{text!r} chỉ được gồm chữ cái, chữ số, - và _, tối đa 64 ký tự",
    )
    NO_TLS_LOGIN = (
        'a password needs TLS: security = "starttls" or "tls"',
        'mật khẩu chỉ được gửi qua TLS: security = "starttls" hoặc "tls"',
    )
    NO_LOGIN = "{text!r} must be plain ASCII", "{text!r} chỉ được gồm ký tự ASCII"
    NO_USER = "user and password_file go together", "user và password_file phải đi cùng nhau"
    SECRET = (
        "{file}: {why}; it must be a file of the collector's user with mode 0600",
        "{file}: {why}; phải là tệp của người dùng chạy máy thu thập, quyền 0600",
    )
    SECRET_MODE = "others can read it (mode {mode})", "người khác đọc được (quyền {mode})"
    SECRET_LINES = "it holds more than one line of text", "tệp chứa nhiều hơn một dòng chữ"
    SECRET_ASCII = "a mail login takes plain ASCII alone", "đăng nhập thư chỉ nhận ký tự ASCII"
    SECRET_EMPTY = "it is empty", "tệp rỗng"
    CA_FILE = "{file} holds no certificates: {why}", "{file} không chứa chứng thư: {why}"
    # Why a message did not go out.
    NEAR = (
        "{host} is {address}, this machine itself or its link; only with near = true",
        "{host} là {address}, chính máy này hoặc liên kết của nó; chỉ được khi near = true",
    )
    NOWHERE = "{host} is {address}, where nobody can be reached", "{host} là {address}, không thể kết nối tới"
    NO_NAME = "the name {host} cannot be resolved: {why}", "không phân giải được tên {host}: {why}"
    NO_ANSWER = "{host}:{port} cannot be reached: {why}", "không kết nối được {host}:{port}: {why}"
    BROKE = "{host}:{port}: {why}", "{host}:{port}: {why}"
    STATUS = "{host}:{port} answered {status}", "{host}:{port} trả lời {status}"
    MAIL_REFUSED = "{host}:{port} refused the mail: {why}", "{host}:{port} từ chối thư: {why}"
    UNFORESEEN = "{kind}; the notifier's log says more", "{kind}; nhật ký của vai trò notifier nói rõ hơn"
    # Why a notice was given up.
    FULL = "too many notices were waiting", "quá nhiều thông báo đang chờ"
