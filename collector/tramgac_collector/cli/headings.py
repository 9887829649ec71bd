"""What tables are headed with, what stands in their cells, and what is said when there is nothing to show."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class Heading(Pair):
    """A column's heading, or the name of a value."""

    ID = "ID", "MÃ"
    NAME = "NAME", "TÊN"
    HOST = "HOST", "MÁY"
    TIME = "TIME", "THỜI GIAN"
    SEVERITY = "SEVERITY", "MỨC ĐỘ"
    STATUS = "STATUS", "TRẠNG THÁI"
    TITLE = "TITLE", "TIÊU ĐỀ"
    USER = "USER", "NGƯỜI DÙNG"
    VERDICT = "VERDICT", "KẾT LUẬN"
    NOTE = "NOTE", "GHI CHÚ"
    CONNECTED = "CONNECTED", "KẾT NỐI"
    LAST_SEEN = "LAST SEEN", "THẤY LẦN CUỐI"
    ACKED = "STORED/MADE", "ĐÃ LƯU/ĐÃ SINH"
    LOST = "LOST", "MẤT"
    RULES = "RULES", "BỘ LUẬT"
    SENSORS = "SENSORS", "CẢM BIẾN"
    FINDINGS = "FINDINGS", "BẤT THƯỜNG"
    SYSTEM = "SYSTEM", "HỆ ĐIỀU HÀNH"
    AGENT = "AGENT", "TÁC TỬ"
    ADDRESS = "ADDRESS", "ĐỊA CHỈ"
    STOPPED = "WHY IT STOPPED", "VÌ SAO DỪNG"
    CLOCK = "CLOCK OFF BY", "ĐỒNG HỒ LỆCH"
    RULES_REFUSED = "RULES REFUSED", "BỘ LUẬT BỊ TỪ CHỐI"
    RULES_PARKED = "RULES PARKED", "LUẬT TẠM DỪNG"
    WAITING = "WAITING THERE", "CÒN CHỜ Ở MÁY"
    DROPPED = "DROPPED", "BỎ"
    RESENT = "SENT AGAIN", "GỬI LẠI"
    GONE = "LOST HERE, GONE THERE", "MẤT Ở ĐÂY, MÁY KHÔNG CÒN GIỮ"
    MISSED = "MISSED", "SÓT"
    FILTERED = "FILTERED BY POLICY", "LỌC THEO CHÍNH SÁCH"
    FROM = "FROM", "TỪ"
    UNTIL = "UNTIL", "ĐẾN"
    HOW_LONG = "HOW LONG", "BAO LÂU"
    EVENTS = "EVENTS", "SỰ KIỆN"
    GAPS = "GAPS", "KHOẢNG TRỐNG"
    AS_OF = "COUNTED AT", "TÍNH ĐẾN"
    CAPABILITY = "SENSOR", "CẢM BIẾN"
    RUNG = "RUNG", "MỨC"
    STATE = "STATE", "TÌNH TRẠNG"
    WHY = "WHY NOT BETTER", "VÌ SAO KHÔNG HƠN"
    WHY_MISSED = "WHY", "VÌ SAO"
    FIRST = "FIRST", "LẦN ĐẦU"
    LAST = "LAST", "LẦN CUỐI"
    VALUE = "VALUE", "GIÁ TRỊ"
    ALERTS = "ALERTS", "CẢNH BÁO"
    WHERE = "WHERE", "Ở MÁY"
    TIMES = "TIMES", "SỐ LẦN"
    FINDING = "FINDING", "ĐIỀU BẤT THƯỜNG"
    KIND = "KIND", "LOẠI"
    ABOUT = "WHAT", "NỘI DUNG"
    ROLE = "ROLE", "VAI TRÒ"
    CREATED = "CREATED", "TẠO LÚC"
    ENROLLED = "ENROLLED", "GHI DANH LÚC"
    CLOSED = "CLOSED", "KHÓA LÚC"
    USED = "USED", "ĐÃ DÙNG"
    EXPIRES = "EXPIRES", "HẾT HẠN"
    REVOKED = "REVOKED", "THU HỒI LÚC"
    QUARANTINE = "IN QUARANTINE", "TẠM NGỪNG NHẬN"
    SITE = "SITE", "ĐƠN VỊ"
    WHO = "WHO", "AI"
    ACTION = "ACTION", "VIỆC"
    OBJECT = "OBJECT", "ĐỐI TƯỢNG"
    A_DAY = "A DAY", "MỖI NGÀY"
    US_AN_EVENT = "µs/EVENT", "µs/SỰ KIỆN"
    TESTS = "TESTS", "LẦN XÉT"
    GROUPED = "BY HOST AND DAY", "THEO MÁY VÀ NGÀY"
    HOSTS = "HOSTS", "SỐ MÁY"
    DAYS = "DAYS", "SỐ NGÀY"
    WATCH = "WATCHED AS", "THEO DÕI VÌ"
    MATCHES = "MATCHES", "SỐ LẦN KHỚP"
    STAGE = "STAGE", "GIAI ĐOẠN"
    HELD = "HELD BACK", "ĐÃ CHẶN"
    RULE = "RULE", "LUẬT"
    SEARCH = "SEARCH", "PHÉP TÌM"
    PROLONGED = "PROLONGED", "GIA HẠN"
    REASON = "REASON", "LÝ DO"


class Cell(Pair):
    """What stands in a cell."""

    YES = "yes", "có"
    NO = "no", "không"
    REVOKED = "revoked", "đã thu hồi"
    UNTIL_BECAUSE = "until {until}: {why} ({detail})", "đến {until}: {why} ({detail})"
    QUARANTINED = "in quarantine", "tạm ngừng nhận"
    RULES_REFUSED = "{version}, refused {refused}", "{version}, từ chối {refused}"
    RULES_PARKED = "{count} parked", "tạm dừng {count}"
    LOST_AND_UNWATCHED = "{lost}; not watched {time}", "{lost}; không theo dõi {time}"
    UNCOUNTED = "nobody can say", "không ai biết"
    PROVISIONAL = "provisional", "tạm thời"
    CONFIRMED = "confirmed", "đã xác nhận"
    WITHDRAWN = "withdrawn", "đã rút lại"


class Nothing(Pair):
    """Why a table is empty, and what to do."""

    HOSTS = (
        "No hosts yet. Let one in: `tramgac tokens create` here, `tramgac-agent enrol --ticket` there.",
        "Chưa có máy trạm nào. Để thêm máy: `tramgac tokens create` ở đây, `tramgac-agent enrol --ticket` ở máy đó.",
    )
    ALERTS = (
        "No alerts. That is good news if `tramgac hosts` shows connected hosts and `tramgac rules list` shows rules.",
        "Không có cảnh báo. Đó là tin tốt nếu `tramgac hosts` có máy đang kết nối và `tramgac rules list` có luật.",
    )
    ALERTS_MATCH = (
        "No alerts match. Leave out --status, --severity, --host or --rule to see more.",
        "Không có cảnh báo nào khớp. Bỏ bớt --status, --severity, --host hoặc --rule để thấy nhiều hơn.",
    )
    EVENTS = (
        "No events yet. `tramgac hosts` says who is connected.",
        "Chưa có sự kiện nào. `tramgac hosts` cho biết máy nào đang kết nối.",
    )
    EVENTS_MATCH = (
        "No events match. Widen --since and --until, or leave out a condition.",
        "Không có sự kiện nào khớp. Hãy nới --since và --until, hoặc bỏ bớt điều kiện.",
    )
    RULES = (
        (
            "No rules are in force: nothing can be detected. Sign some (`tramgac rules sign`) and push them "
            "(`tramgac rules push`)."
        ),
        (
            "Chưa có luật nào có hiệu lực: không phát hiện được gì. Hãy ký luật (`tramgac rules sign`) rồi gửi "
            "(`tramgac rules push`)."
        ),
    )
    USERS = (
        "No users yet. Add one: `tramgac users add NAME --role analyst`.",
        "Chưa có người dùng nào. Thêm bằng: `tramgac users add NAME --role analyst`.",
    )
    TOKENS = (
        "No enrolment tokens yet. Make one: `tramgac tokens create --uses 10 > ticket`.",
        "Chưa có mã ghi danh nào. Tạo bằng: `tramgac tokens create --uses 10 > ticket`.",
    )
    AUDIT = (
        "Nobody has changed anything yet; who does will stand here.",
        "Chưa ai thay đổi gì; ai làm gì sẽ được ghi ở đây.",
    )
