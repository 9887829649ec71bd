"""What is said of a host, in English and Vietnamese: the page's words, which a test compares; named like its keys."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair, pick


class HostWord(Pair):
    """A kind of finding, a class of loss, a reason of a refusal, a sensor's state, a capability."""

    FINDING_CLOCK_OFF = "Clock far off", "Đồng hồ sai nhiều"
    FINDING_TWO_AGENTS = "Two agents with one identity", "Hai tác tử cùng một danh tính"
    FINDING_TWO_COLLECTORS = "Two collectors with one identity", "Hai máy thu thập cùng một danh tính"
    FINDING_EPOCH_NEW = "New incarnation of the spool", "Hàng đợi đĩa bắt đầu lại"
    FINDING_SEQUENCE_JUMP = "Numbers jumped", "Số thứ tự nhảy cóc"
    FINDING_GAP = "Gap", "Khoảng trống"
    FINDING_CHAIN_BROKEN = "Chain of events broken", "Chuỗi sự kiện bị đứt"
    FINDING_CHECKPOINT_UNKNOWN = "Checkpoint of events that are not known", "Mốc kiểm của sự kiện chưa biết"
    FINDING_CHECKPOINT_FORGED = "Checkpoint with a wrong signature", "Mốc kiểm sai chữ ký"
    FINDING_GAPS_TOO_MANY = "More gaps than can be listed", "Quá nhiều khoảng trống để liệt kê"
    FINDING_MISSED_TOO_MANY = "More losses than can be listed", "Quá nhiều lần mất để liệt kê"
    FINDING_PROTOCOL = "Message not understood", "Thông điệp không hiểu được"
    SENSOR_ALIVE = "sees", "đang thấy"
    SENSOR_BLIND = "blind", "bị mù"
    SENSOR_ABSENT = "absent", "không có"
    CAP_PROCESS = "processes", "tiến trình"
    CAP_FILE = "files", "tệp"
    CAP_NETWORK = "network", "mạng"
    CLASS_SPOOL_FULL = "spool full", "hàng đợi đĩa đầy"
    CLASS_SPOOL_AGE = "too old in the spool", "nằm quá lâu trong hàng đợi đĩa"
    CLASS_SPOOL_TORN = "spool torn by a crash", "hàng đợi đĩa rách do sập máy"
    CLASS_RING_FULL = "kernel buffer full", "bộ đệm nhân đầy"
    CLASS_QUEUE_OVERFLOW = "kernel queue overflowed", "hàng đợi nhân tràn"
    CLASS_FILTER = "filtered by policy", "lọc theo chính sách"
    CLASS_AGENT_DOWN = "agent not running", "tác tử không chạy"
    CLASS_SENSOR_ERROR = "sensor failed", "cảm biến lỗi"
    REFUSED_UNSIGNED = "its signatures do not hold", "chữ ký không hợp lệ"
    REFUSED_TAMPERED = "it is not what was signed", "nội dung khác với bản đã ký"
    REFUSED_OLDER = "it is older than the rules in force", "cũ hơn bộ luật đang dùng"
    REFUSED_EXPIRED = (
        "its signatures have expired: sign and push the rules anew",
        "chữ ký đã hết hạn: hãy ký và gửi lại bộ luật",
    )
    REFUSED_MISSING = "a file of it is missing", "thiếu một tệp"
    REFUSED_TOO_LARGE = "it is too large", "quá lớn"
    REFUSED_MALFORMED = "it is damaged", "bị hỏng"
    REFUSED_UNREACHABLE = "it could not be fetched", "không tải về được"
    REFUSED_FULL = "the agent's disk is full", "đĩa của tác tử đã đầy"
    REFUSED_TIMEOUT = "the agent's updater took too long", "trình cập nhật của tác tử chạy quá lâu"


def named(prefix: str, word: str) -> str:
    """Give a word of the collector's in the person's language; one that is not known is its own."""
    known = HostWord.__members__.get(f"{prefix}_{word}".upper())
    return word if known is None else pick((known.en, known.vi))
