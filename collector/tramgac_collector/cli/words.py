"""The command line's sentences in English and Vietnamese, chosen by the locale.

A member is a pair, so a sentence without its translation does not type-check.
"""

from __future__ import annotations

import enum
import os


class Word(enum.Enum):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    def __init__(self, en: str, vi: str) -> None:
        """Name the two texts."""
        self.en = en
        self.vi = vi

    # What the commands are for (--help).
    ABOUT = "Trạm Gác: sees what happens on the workstations of a network.", "Trạm Gác: theo dõi an ninh máy trạm."
    ABOUT_DEMO = (
        "Start everything on this machine with a harmless simulation of an attack.",
        "Chạy toàn bộ hệ thống trên máy này kèm một cuộc tấn công giả lập vô hại.",
    )
    ABOUT_COLLECTOR = "Set up, run and examine a collector.", "Khởi tạo, chạy và kiểm tra máy thu thập."
    ABOUT_INIT = "Make a new state directory with its own authority.", "Tạo thư mục trạng thái mới với CA riêng."
    ABOUT_RUN = "Run all roles of the collector until stopped.", "Chạy mọi vai trò của máy thu thập đến khi dừng."
    ABOUT_DOCTOR = (
        "Check settings, disk, certificates, roles and the store; the exit status is the verdict.",
        "Kiểm tra cấu hình, đĩa, chứng chỉ, các vai trò và kho sự kiện; mã thoát là kết luận.",
    )
    ABOUT_MATCH = "Look for rules in recorded events (EVTX, JSON).", "Đối chiếu luật với sự kiện đã ghi (EVTX, JSON)."
    ABOUT_RULES = "Check, sign, push and list rules.", "Kiểm tra, ký, gửi và liệt kê luật."
    ABOUT_RULES_CHECK = (
        "Compile rules and report every problem with its place.",
        "Biên dịch luật và báo mọi lỗi cùng vị trí.",
    )
    ABOUT_RULES_SIGN = (
        "Compile and sign rules into a repository; never touches a collector.",
        "Biên dịch và ký luật vào kho nội dung; không chạm tới máy thu thập.",
    )
    ABOUT_RULES_PUSH = "Give a signed repository to the collector.", "Gửi kho nội dung đã ký cho máy thu thập."
    ABOUT_RULES_LIST = "List the rules in force.", "Liệt kê luật đang có hiệu lực."
    ABOUT_EVENTS = "Search stored events, oldest first.", "Tìm sự kiện đã lưu, cũ nhất trước."
    ABOUT_ALERTS = "List, show and decide alerts.", "Liệt kê, xem và kết luận cảnh báo."
    ABOUT_ALERTS_SHOW = "Show one alert with why it fired.", "Xem một cảnh báo và lý do."
    ABOUT_ALERTS_VERDICT = "Decide an alert.", "Kết luận một cảnh báo."
    ABOUT_HOSTS = "List hosts, their sensors and completeness.", "Liệt kê máy trạm, cảm biến và độ đầy đủ."
    ABOUT_HOSTS_REVOKE = (
        "Let a host speak no longer, such as a stolen machine; its stream ends at once.",
        "Không cho máy gửi dữ liệu nữa, ví dụ máy bị mất cắp; phiên của máy bị ngắt ngay.",
    )
    ABOUT_HOSTS_ALLOW = "Let a revoked host speak again.", "Cho máy đã bị thu hồi gửi dữ liệu trở lại."
    ABOUT_USERS = "List and add users, make one-time log-ins.", "Liệt kê, thêm người dùng, tạo đăng nhập một lần."
    ABOUT_USERS_ADD = (
        "Add a user; the password is asked for or read from stdin.",
        ("Thêm người dùng; mật khẩu được hỏi hoặc đọc từ stdin."),
    )
    ABOUT_USERS_ONCE = "Print an address that signs a user in once.", "In địa chỉ đăng nhập một lần cho người dùng."
    ABOUT_USERS_ROLE = (
        "Give a user another role, in force from the next request.",
        "Đổi vai trò của người dùng, có hiệu lực từ yêu cầu kế tiếp.",
    )
    ABOUT_USERS_PASSWORD = (
        "Give a user another password (asked for or read from stdin); ends the user's sessions.",
        "Đổi mật khẩu của người dùng (được hỏi hoặc đọc từ stdin); kết thúc các phiên của người dùng.",
    )
    ABOUT_USERS_DISABLE = (
        "Close an account and end its sessions; what the user did stays.",
        "Khóa tài khoản và kết thúc các phiên; những gì đã làm vẫn còn.",
    )
    ABOUT_USERS_ENABLE = "Open a closed account again.", "Mở lại tài khoản đã khóa."
    ABOUT_TOKENS = "Create, list and revoke enrolment tokens.", "Tạo, liệt kê, thu hồi mã ghi danh."
    ABOUT_TOKENS_CREATE = (
        "Print a ticket for `tramgac-agent enrol --ticket`.",
        "In vé dùng cho `tramgac-agent enrol --ticket`.",
    )
    ABOUT_TOKENS_REVOKE = "Take a token back; hosts that it let in stay.", "Thu hồi mã; máy đã ghi danh vẫn ở lại."
    ABOUT_AUDIT = "Who did what, newest first.", "Ai đã làm gì, mới nhất trước."
    # What options are for.
    OPTION_STATE = (
        "State directory of the collector (else TRAMGAC_STATE, else /var/lib/tramgac).",
        "Thư mục trạng thái của máy thu thập (hoặc TRAMGAC_STATE, hoặc /var/lib/tramgac).",
    )
    OPTION_JSON = "One JSON object a line, nothing else on stdout.", "Mỗi dòng một đối tượng JSON, không gì khác."
    OPTION_SINCE = (
        "Not before: 2026-11-24T10:00:00Z, or 90s, 15m, 2h, 7d ago.",
        "Không trước: 2026-11-24T10:00:00Z, hoặc 90s, 15m, 2h, 7d trước.",
    )
    OPTION_UNTIL = "Not after, like --since.", "Không sau, dạng như --since."
    OPTION_HOST = "Only this host (its id).", "Chỉ máy trạm này (mã máy)."
    OPTION_KIND = "Only this kind, such as process_start.", "Chỉ loại này, ví dụ process_start."
    OPTION_LIMIT = "At most so many, the newest.", "Nhiều nhất chừng này, mới nhất."
    OPTION_COUNT = "Only how many there are.", "Chỉ đếm số lượng."
    OPTION_QUERY = "field:value tokens that must all hold.", "Các mục field:value đều phải đúng."
    OPTION_CHECK = (
        "Prove each step without a browser and end; the exit status is the verdict.",
        "Kiểm chứng từng bước không cần trình duyệt rồi kết thúc; mã thoát là kết luận.",
    )
    OPTION_REQUIRE = "Fail unless these sensors run on these rungs.", "Báo lỗi nếu cảm biến không chạy ở mức này."
    OPTION_SCOPED = (
        "Watch the simulation alone, not this machine.",
        "Chỉ theo dõi phần giả lập, không theo dõi máy này.",
    )
    OPTION_RULES = "Files and folders of rules.", "Tệp và thư mục luật."
    OPTION_STATUS = "Only open or closed alerts.", "Chỉ cảnh báo đang mở hoặc đã đóng."
    OPTION_SEVERITY = "Only these levels, such as high,critical.", "Chỉ các mức này, ví dụ high,critical."
    OPTION_RULE = "Only alerts of this rule (its id).", "Chỉ cảnh báo của luật này (mã luật)."
    OPTION_NOTE = "A note beside the verdict.", "Ghi chú kèm kết luận."
    OPTION_ROLE = (
        "viewer, analyst, responder, author, auditor or admin.",
        "viewer, analyst, responder, author, auditor hoặc admin.",
    )
    OPTION_USES = "How many hosts it lets in.", "Số máy được ghi danh bằng mã này."
    OPTION_VALID = "For how long: 90s, 15m, 2h, 7d.", "Thời hạn: 90s, 15m, 2h, 7d."
    OPTION_SITE = "The site that its hosts belong to.", "Đơn vị của các máy được ghi danh."
    OPTION_LISTEN_SESSION = "HOST:PORT for the agents' sessions.", "HOST:PORT cho phiên của tác nhân."
    OPTION_LISTEN_ENROL = "HOST:PORT for enrolment.", "HOST:PORT để ghi danh."
    OPTION_LISTEN_CONSOLE = "HOST:PORT for the page and the API.", "HOST:PORT cho trang web và API."
    OPTION_ADVERTISE = "Name or address by which agents reach this machine.", "Tên hay địa chỉ để tác nhân kết nối."
    OPTION_REPOSITORY = "Folder of the signed repository.", "Thư mục kho nội dung đã ký."
    OPTION_KEYS = "Folder of the author's keys.", "Thư mục khóa của tác giả."
    OPTION_DEMO = (
        "Mark the content as a demonstration's: a collector beyond loopback refuses it.",
        "Đánh dấu nội dung là bản trình diễn: máy thu thập mở ra mạng sẽ từ chối.",
    )
    # What goes wrong.
    NO_COLLECTOR = (
        "No collector runs at {state}: start it (tramgac collector run --state {state}) or name another with --state.",
        (
            "Không có máy thu thập chạy tại {state}: hãy khởi động (tramgac collector run --state {state}) "
            "hoặc chỉ định nơi khác bằng --state."
        ),
    )
    NOT_ALLOWED = (
        "{path} is not readable for this user. Run as the collector's user (or root).",
        "Người dùng này không đọc được {path}. Hãy chạy bằng người dùng của máy thu thập (hoặc root).",
    )
    REFUSED = "The collector refused: {what}", "Máy thu thập từ chối: {what}"
    BROKEN_ANSWER = "The collector's answer at {state} broke off: {why}", "Trả lời từ {state} bị đứt: {why}"
    NOT_FOUND = "There is no such thing: {what}", "Không tìm thấy: {what}"
    BAD_TIME = (
        "{text} is no time. Write 2026-11-24T10:00:00Z, or 90s, 15m, 2h, 7d for so long ago.",
        ("{text} không phải thời điểm. Hãy viết 2026-11-24T10:00:00Z, hoặc 90s, 15m, 2h, 7d."),
    )
    NO_PATH = "{path}: no such file or folder", "{path}: không có tệp hay thư mục này"
    MISUSE_MATCH = (
        (
            "usage: tramgac match --rules PATH... [--indicators PATH...] [--correlate] --json INPUT...   "
            "(without --json: -- before INPUT...)"
        ),
        (
            "cách dùng: tramgac match --rules PATH... [--indicators PATH...] [--correlate] --json INPUT...   "
            "(không --json: -- trước INPUT...)"
        ),
    )
    UNKNOWN_OPTION = "unknown option {option}", "không có tùy chọn {option}"
    PASSWORD = "Password: ", "Mật khẩu: "
    PASSWORD_AGAIN = "Again: ", "Nhập lại: "
    PASSWORDS_DIFFER = "The two passwords differ.", "Hai mật khẩu khác nhau."
    NO_PASSWORD = "No password was given on stdin.", "Không có mật khẩu trên stdin."
    STOPPED = "Stopped.", "Đã dừng."
    # What went well.
    ALERT_DECIDED = "Alert {id}: {verdict}", "Cảnh báo {id}: {verdict}"
    USER_ADDED = "User {name} added with role {role}.", "Đã thêm người dùng {name} với vai trò {role}."
    USER_ROLE = "User {name} has role {role} now.", "Người dùng {name} nay có vai trò {role}."
    USER_PASSWORD = "The password of {name} was changed.", "Đã đổi mật khẩu của {name}."
    USER_DISABLED = "The account of {name} is closed.", "Đã khóa tài khoản {name}."
    USER_ENABLED = "The account of {name} is open again.", "Đã mở lại tài khoản {name}."
    HOST_REVOKED = "Host {id} may speak no longer.", "Máy {id} không được gửi dữ liệu nữa."
    HOST_ALLOWED = "Host {id} may speak again.", "Máy {id} được gửi dữ liệu trở lại."
    TOKEN_REVOKED = "Token {id} revoked.", "Đã thu hồi mã {id}."
    SIGNED = "Signed version {version} into {path}", "Đã ký phiên bản {version} vào {path}"
    PUSHED = "The collector offers version {version} now.", "Máy thu thập nay cung cấp phiên bản {version}."
    SIGN_STOPPED = (
        "Nothing was signed: {problems} errors. Mend them, or leave faulty rules out with --skip-faulty.",
        ("Chưa ký gì: có {problems} lỗi. Hãy sửa, hoặc bỏ qua luật lỗi bằng --skip-faulty."),
    )
    OPTION_INDICATORS = (
        "A list of indicators (CSV, STIX 2.1, MISP) or a folder of them; may be given more than once.",
        "Danh sách chỉ dấu (CSV, STIX 2.1, MISP) hoặc thư mục chứa chúng; có thể dùng nhiều lần.",
    )
    OPTION_NO_INDICATORS = (
        "Sign without indicators; otherwise those of the version before stay.",
        "Ký không kèm chỉ dấu; nếu không, chỉ dấu của phiên bản trước được giữ lại.",
    )
    INDICATORS_OR_NOT = (
        "--indicators and --no-indicators exclude each other: leave one out.",
        "--indicators và --no-indicators loại trừ nhau: hãy bỏ một.",
    )
    INDICATORS_FOUND = (
        "{indicators} indicators; {duplicates} entries more were given before and put together",
        "{indicators} chỉ dấu; {duplicates} mục trùng đã được gộp",
    )
    INDICATORS_KEPT = (
        "The indicators of the version before stay in it; --no-indicators takes them out.",
        "Chỉ dấu của phiên bản trước được giữ lại; dùng --no-indicators để bỏ.",
    )
    NOTHING_TO_CHECK = (
        "Nothing to check: give rules, or lists with --indicators.",
        "Không có gì để kiểm tra: hãy nêu luật, hoặc danh sách bằng --indicators.",
    )
    OPTION_SKIP = (
        "Sign what is good and leave out rules and indicators with errors.",
        "Ký phần đúng, bỏ qua luật và chỉ dấu có lỗi.",
    )
    CHECKED = "{rules} rules, {problems} problems", "{rules} luật, {problems} lỗi"
    INITIALISED = (
        "Made {state}. Run it with: tramgac collector run --state {state}",
        ("Đã tạo {state}. Chạy bằng: tramgac collector run --state {state}"),
    )
    NOTHING = "Nothing.", "Không có gì."


def vietnamese() -> bool:
    """Tell whether the locale (LC_ALL, LC_MESSAGES, LANG: the first that is set) asks for Vietnamese."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return locale.partition(".")[0].partition("_")[0] == "vi"


def say(word: Word, **params: object) -> str:
    """Give the sentence in the person's language. Parameters are made visible: they may come from a host."""
    from tramgac_collector.cli.terminal import visible

    shown = {name: visible(str(value)) for name, value in params.items()}
    return (word.vi if vietnamese() else word.en).format_map(shown)
