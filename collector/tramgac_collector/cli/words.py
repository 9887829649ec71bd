"""The command line's sentences in English and Vietnamese: what commands and options are for, what went well."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair, say, vietnamese

__all__ = ["Word", "say", "vietnamese"]


class Word(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

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
        "Kiểm tra cấu hình, đĩa, chứng thư, các vai trò và kho sự kiện; mã thoát là kết luận.",
    )
    ABOUT_MATCH = "Look for rules in recorded events (EVTX, JSON).", "Đối chiếu luật với sự kiện đã ghi (EVTX, JSON)."
    MATCH_ALONE = (
        "It asks no collector: states of rules and exceptions that a collector has do not apply here.",
        "Lệnh này không hỏi máy thu thập nào: trạng thái luật và ngoại lệ ở máy thu thập không áp dụng ở đây.",
    )
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
    ABOUT_RULES_LIST = "List the rules on offer.", "Liệt kê luật đang được cung cấp."
    ABOUT_RULES_STATUS = (
        "What content is on offer and until when, what is in force, what was refused and why.",
        "Nội dung đang cung cấp và thời hạn, nội dung có hiệu lực, nội dung bị từ chối và lý do.",
    )
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
    ABOUT_HOSTS_RELEASE = (
        "Hear a host in quarantine again at once; do it when what brought it there is mended.",
        "Nhận lại ngay dữ liệu của máy đang tạm ngừng; chỉ dùng khi đã khắc phục nguyên nhân.",
    )
    ABOUT_HOSTS_FORGET = (
        "Remove a host that was enrolled and never spoke; one that spoke can only be revoked.",
        "Xoá máy đã ghi danh nhưng chưa từng gửi gì; máy đã gửi dữ liệu thì chỉ thu hồi được.",
    )
    ABOUT_USERS = "List and add users, make one-time log-ins.", "Liệt kê, thêm người dùng, tạo đăng nhập một lần."
    ABOUT_USERS_ADD = (
        "Add a user; the password (15 characters or more) is asked for or read from stdin.",
        "Thêm người dùng; mật khẩu (từ 15 ký tự) được hỏi hoặc đọc từ stdin.",
    )
    ABOUT_USERS_ONCE = "Print an address that signs a user in once.", "In địa chỉ đăng nhập một lần cho người dùng."
    ABOUT_USERS_ROLE = (
        "Give a user another role, in force from the next request.",
        "Đổi vai trò của người dùng, có hiệu lực từ yêu cầu kế tiếp.",
    )
    ABOUT_USERS_PASSWORD = (
        "Give a user another password (15 characters or more, asked for or read from stdin); ends the user's sessions.",
        "Đổi mật khẩu của người dùng (từ 15 ký tự, được hỏi hoặc đọc từ stdin); kết thúc các phiên của người dùng.",
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
    ABOUT_ALERTS_LIST = "List alerts, newest first.", "Liệt kê cảnh báo, mới nhất trước."
    ABOUT_HOSTS_LIST = "List hosts, by name.", "Liệt kê máy trạm theo tên."
    ABOUT_HOSTS_SHOW = (
        "Show one host: what it sees and why not more, what is missing, what was odd.",
        "Xem một máy trạm: thấy được gì và vì sao không hơn, thiếu gì, có gì bất thường.",
    )
    ABOUT_USERS_LIST = "List users, by name.", "Liệt kê người dùng theo tên."
    ABOUT_TOKENS_LIST = "List enrolment tokens, newest first.", "Liệt kê mã ghi danh, mới nhất trước."
    # What arguments are.
    ARGUMENT_ALERT = (
        "The alert's id, or its first 8 characters or more.",
        "Mã cảnh báo, hoặc từ 8 ký tự đầu của mã.",
    )
    ARGUMENT_VERDICT = "One of: {verdicts}.", "Một trong: {verdicts}."
    ARGUMENT_HOST = (
        "The host's id, the first 8 characters of it or more, or its name.",
        "Mã máy, từ 8 ký tự đầu của mã, hoặc tên máy.",
    )
    ARGUMENT_TOKEN = "The token's number, as `tramgac tokens` shows it.", "Số của mã, như `tramgac tokens` hiển thị."
    ARGUMENT_USER = "The user's name.", "Tên người dùng."
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
    OPTION_HOST = (
        "Only this host: its id, the first 8 characters of it or more, or its name.",
        "Chỉ máy trạm này: mã máy, từ 8 ký tự đầu của mã, hoặc tên máy.",
    )
    OPTION_KIND = (
        "Only these kinds, such as process_start,file_create.",
        "Chỉ các loại này, ví dụ process_start,file_create.",
    )
    OPTION_LIMIT = "At most so many, the newest.", "Nhiều nhất chừng này, mới nhất."
    OPTION_COUNT = "Only how many there are.", "Chỉ đếm số lượng."
    OPTION_QUERY = (
        "What to look for: words, field:value, and/or/not, (...), * and ?, field:>=5, field:[a TO b].",
        "Nội dung cần tìm: từ, field:value, and/or/not, (...), * và ?, field:>=5, field:[a TO b].",
    )
    OPTION_CHECK = (
        "Prove each step without a browser and end; the exit status is the verdict.",
        "Kiểm chứng từng bước không cần trình duyệt rồi kết thúc; mã thoát là kết luận.",
    )
    OPTION_REQUIRE = (
        "Fail unless these sensors run on these rungs: process=ebpf|poll, file=fanotify|watch, network=ebpf|poll.",
        "Báo lỗi nếu cảm biến không chạy ở mức này: process=ebpf|poll, file=fanotify|watch, network=ebpf|poll.",
    )
    OPTION_DEMO_STATE = (
        "State directory of the demo (else tramgac-demo in XDG_STATE_HOME, else ~/.local/state/tramgac-demo).",
        "Thư mục trạng thái bản trình diễn (hoặc tramgac-demo trong XDG_STATE_HOME, hoặc ~/.local/state/tramgac-demo).",
    )
    OPTION_SCOPED = (
        "Watch the simulation alone, not this machine.",
        "Chỉ theo dõi phần giả lập, không theo dõi máy này.",
    )
    OPTION_RULES = "Files and folders of rules.", "Tệp và thư mục luật."
    OPTION_STATUS = "Only open or closed alerts.", "Chỉ cảnh báo đang mở hoặc đã đóng."
    OPTION_SEVERITY = (
        "Only these, such as high,critical: {levels}.",
        "Chỉ các mức này, ví dụ high,critical: {levels}.",
    )
    OPTION_RULE = (
        "Only alerts of this rule: its id, or its first 8 characters or more.",
        "Chỉ cảnh báo của luật này: mã luật, hoặc từ 8 ký tự đầu.",
    )
    OPTION_NOTE = (
        "A note beside the verdict; needed with {reasoned}.",
        "Ghi chú kèm kết luận; bắt buộc với {reasoned}.",
    )
    OPTION_ROLE = (
        "viewer, analyst, responder, author, auditor or admin.",
        "viewer, analyst, responder, author, auditor hoặc admin.",
    )
    OPTION_USES = "How many hosts it lets in.", "Số máy được ghi danh bằng mã này."
    OPTION_VALID = "For how long: 90s, 15m, 2h, 7d.", "Thời hạn: 90s, 15m, 2h, 7d."
    OPTION_SITE = "The site that its hosts belong to.", "Đơn vị của các máy được ghi danh."
    OPTION_LISTEN_SESSION = "HOST:PORT for the agents' sessions.", "HOST:PORT cho phiên của tác tử."
    OPTION_LISTEN_ENROL = "HOST:PORT for enrolment.", "HOST:PORT để ghi danh."
    OPTION_LISTEN_CONSOLE = "HOST:PORT for the page and the API.", "HOST:PORT cho trang web và API."
    OPTION_HOSTS = "How many hosts are to come.", "Số máy trạm dự kiến."
    OPTION_DATABASE = (
        "Control database, such as postgresql+psycopg://USER@HOST/NAME; else SQLite.",
        "Cơ sở dữ liệu điều khiển, ví dụ postgresql+psycopg://USER@HOST/NAME; mặc định là SQLite.",
    )
    OPTION_ADVERTISE = "Name or address by which agents reach this machine.", "Tên hay địa chỉ để tác tử kết nối."
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
    STARTING_OR_ENDING = (
        "The collector at {state} is just starting or ending; try again in a moment.",
        "Máy thu thập tại {state} đang khởi động hoặc đang dừng; hãy thử lại sau giây lát.",
    )
    NO_STATE = (
        (
            "There is no collector at {state}: make one (tramgac collector init --state {state}) or name another with "
            "--state DIR or TRAMGAC_STATE; a demo's is ~/.local/state/tramgac-demo."
        ),
        (
            "Không có máy thu thập tại {state}: hãy tạo (tramgac collector init --state {state}) hoặc chỉ định nơi "
            "khác bằng --state DIR hay TRAMGAC_STATE; của bản trình diễn là ~/.local/state/tramgac-demo."
        ),
    )
    NOT_ALLOWED = (
        "{path} is not readable for this user. Run as the collector's user (or root).",
        "Người dùng này không đọc được {path}. Hãy chạy bằng người dùng của máy thu thập (hoặc root).",
    )
    REFUSED = "The collector refused: {what}", "Máy thu thập từ chối: {what}"
    BROKEN_ANSWER = "The collector's answer at {state} broke off: {why}", "Trả lời từ {state} bị đứt: {why}"
    BAD_TIME = (
        "{name}: {text} is no time. Write 2026-11-24T10:00:00Z, or 90s, 15m, 2h, 7d for so long ago.",
        ("{name}: {text} không phải thời điểm. Hãy viết 2026-11-24T10:00:00Z, hoặc 90s, 15m, 2h, 7d."),
    )
    NO_PATH = "{path}: no such file or folder", "{path}: không có tệp hay thư mục này"
    CANNOT_USE = (
        "{path} cannot be used: {why}. Look at its owner, its rights and the disk (ls -ld, df).",
        "Không dùng được {path}: {why}. Hãy xem chủ sở hữu, quyền và đĩa (ls -ld, df).",
    )
    NO_RULES = (
        "There is no rule in {paths}. A rule is a file *.yml or *.yaml (Sigma), *.yar or *.yara (YARA).",
        "Không có luật nào trong {paths}. Luật là tệp *.yml, *.yaml (Sigma) hoặc *.yar, *.yara (YARA).",
    )
    NO_REPOSITORY = (
        "{path} holds no signed content (no folder metadata). Make it with: tramgac rules sign",
        "{path} không có nội dung đã ký (thiếu thư mục metadata). Hãy tạo bằng: tramgac rules sign",
    )
    PASSWORD_RULE = (
        "A password has {least} to {most} characters, at least {different} different ones; a sentence is fine.",
        "Mật khẩu gồm {least} đến {most} ký tự, ít nhất {different} ký tự khác nhau; có thể là một câu.",
    )
    PASSWORD = "Password: ", "Mật khẩu: "
    PASSWORD_AGAIN = "Again: ", "Nhập lại: "
    PASSWORDS_DIFFER = "The two passwords differ.", "Hai mật khẩu khác nhau."
    NO_PASSWORD = "No password was given on stdin.", "Không có mật khẩu trên stdin."
    # What went well.
    LIST_SAYS = "  the list {source} says: {note}", "  danh sách {source} ghi: {note}"
    ALERT_DECIDED = "Alert {id}: {verdict}", "Cảnh báo {id}: {verdict}"
    USER_ADDED = "User {name} added with role {role}.", "Đã thêm người dùng {name} với vai trò {role}."
    USER_ROLE = "User {name} has role {role} now.", "Người dùng {name} nay có vai trò {role}."
    USER_PASSWORD = "The password of {name} was changed.", "Đã đổi mật khẩu của {name}."
    USER_DISABLED = "The account of {name} is closed.", "Đã khóa tài khoản {name}."
    USER_ENABLED = "The account of {name} is open again.", "Đã mở lại tài khoản {name}."
    HOST_REVOKED = "Host {id} may speak no longer.", "Máy {id} không được gửi dữ liệu nữa."
    HOST_RELEASED = "Host {id} is heard again.", "Đã nhận lại dữ liệu của máy {id}."
    HOST_IN_NONE = "Host {id} is in no quarantine.", "Máy {id} không bị tạm ngừng."
    HOST_FORGOTTEN = "Host {id} is forgotten.", "Đã xoá máy {id}."
    HOST_ALLOWED = "Host {id} may speak again.", "Máy {id} được gửi dữ liệu trở lại."
    TOKEN_REVOKED = "Token {id} revoked.", "Đã thu hồi mã {id}."
    SIGNED = (
        "Signed version {version} into {path}. Valid until {until}: sign again and push before.",
        "Đã ký phiên bản {version} vào {path}. Có hiệu lực đến {until}: hãy ký lại và gửi trước ngày đó.",
    )
    NEW_KEY = (
        (
            "A new author's key was made: {path}. Keep it offline, off the collector, and keep a copy elsewhere: "
            "whoever has it can sign rules for every host; without it nobody can."
        ),
        (
            "Đã tạo khóa tác giả mới: {path}. Hãy cất ngoại tuyến, không để trên máy thu thập, và giữ bản sao "
            "ở nơi khác: ai có khóa này đều ký được luật cho mọi máy trạm; mất khóa thì không ai ký được nữa."
        ),
    )
    PUSHED = (
        "The collector offers version {version} now. Valid until {until}.",
        "Máy thu thập nay cung cấp phiên bản {version}. Có hiệu lực đến {until}.",
    )
    EXPIRES_SOON = (
        (
            "The signature of the content ends on {until}, in {days:day|days}; from then on no agent takes it. "
            "Sign the same rules again and push: tramgac rules sign, tramgac rules push."
        ),
        (
            "Chữ ký của nội dung hết hạn ngày {until}, còn {days} ngày; sau đó không tác tử nào nhận. "
            "Hãy ký lại các luật đó và gửi: tramgac rules sign, tramgac rules push."
        ),
    )
    EXPIRED = (
        (
            "The signature of the content ended on {until}: no agent takes it, those that have it keep it. "
            "Sign the same rules again and push: tramgac rules sign, tramgac rules push."
        ),
        (
            "Chữ ký của nội dung đã hết hạn ngày {until}: không tác tử nào nhận, tác tử đã có vẫn giữ. "
            "Hãy ký lại các luật đó và gửi: tramgac rules sign, tramgac rules push."
        ),
    )
    NO_CONTENT = (
        "No content was pushed yet, so nothing is judged: tramgac rules sign, tramgac rules push.",
        "Chưa gửi nội dung nào nên chưa có gì được xét: tramgac rules sign, tramgac rules push.",
    )
    CONTENT_OFFERED = (
        (
            "On offer: version {version}, pushed by {by} at {published}; "
            "{rules:Sigma rule|Sigma rules}, {yara:YARA file|YARA files}, {indicators:indicator|indicators}."
        ),
        (
            "Đang cung cấp: phiên bản {version}, do {by} gửi lúc {published}; "
            "{rules} luật Sigma, {yara} tệp YARA, {indicators} chỉ dấu."
        ),
    )
    VALID_UNTIL = "Valid until {until}.", "Có hiệu lực đến {until}."
    ROLE_IN_FORCE = "{role}: version {version} is in force.", "{role}: phiên bản {version} đang có hiệu lực."
    ROLE_WITHOUT = "{role}: nothing is in force.", "{role}: chưa có gì có hiệu lực."
    CONTENT_REFUSED = (
        "{role} refused version {refused} at {time}: {reason}",
        "{role} từ chối phiên bản {refused} lúc {time}: {reason}",
    )
    SIGN_STOPPED = (
        "Nothing was signed: {problems:error|errors}. Mend them, or leave faulty rules out with --skip-faulty.",
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
    NO_DICTIONARY = (
        "{path} is no dictionary: {why}. Make it again with `tramgac rules train`.",
        "{path} không phải là từ điển nén: {why}. Hãy tạo lại bằng `tramgac rules train`.",
    )
    INDICATORS_OR_NOT = (
        "--indicators and --no-indicators exclude each other: leave one out.",
        "--indicators và --no-indicators loại trừ nhau: hãy bỏ một.",
    )
    INDICATORS_FOUND = (
        (
            "{indicators:indicator|indicators}; {duplicates:entry more was|entries more were} given before and put "
            "together"
        ),
        "{indicators} chỉ dấu; {duplicates} mục trùng đã được gộp",
    )
    INDICATORS_KEPT = (
        "The indicators of the version before stay in it; --no-indicators takes them out.",
        "Chỉ dấu của phiên bản trước được giữ lại; dùng --no-indicators để bỏ.",
    )
    RULES_OR_LISTS = (
        "Give rules, or lists with --indicators.",
        "Hãy nêu luật, hoặc danh sách bằng --indicators.",
    )
    OPTION_SKIP = (
        "Sign what is good and leave out rules and indicators with errors.",
        "Ký phần đúng, bỏ qua luật và chỉ dấu có lỗi.",
    )
    CHECKED = (
        (
            "{rules:rule|rules}, {correlations:correlation|correlations}, {yara:YARA file|YARA files}; "
            "{problems:problem|problems}: {errors:error|errors}, "
            "{warnings:warning|warnings}, {notes:note|notes}"
        ),
        (
            "{rules} luật, {correlations} luật tương quan, {yara} tệp YARA; {problems} điều cần xem: {errors} lỗi, "
            "{warnings} cảnh báo, {notes} ghi chú"
        ),
    )
    STARTING = "Starting the collector at {state} ...", "Đang khởi động máy thu thập tại {state} ..."
    RUNNING = (
        "The collector runs; its page: {url}   Ctrl-C ends it",
        "Máy thu thập đang chạy; trang web: {url}   Ctrl-C để dừng",
    )
    INITIALISED = (
        "Made {state}. Run it with: tramgac collector run --state {state}",
        ("Đã tạo {state}. Chạy bằng: tramgac collector run --state {state}"),
    )
    SETTINGS_ANEW = (
        (
            "{config} was missing; it is written anew, and all else stays: sessions {session}, enrolment {enrol}, "
            "page {console}, known to agents as {advertise}. If the collector was set up otherwise before (a backup "
            "without the file?), give the old file back or edit this one. Run it with: tramgac collector run "
            "--state {state}"
        ),
        (
            "Thiếu {config}; đã ghi lại tệp này, mọi thứ khác giữ nguyên: phiên {session}, ghi danh {enrol}, trang web "
            "{console}, tên cho tác tử {advertise}. Nếu trước đây cấu hình khác (bản sao lưu thiếu tệp này?), hãy "
            "khôi phục tệp cũ hoặc sửa tệp này. Chạy bằng: tramgac collector run --state {state}"
        ),
    )
    INITIALISED_BEFORE = (
        "{state} holds a collector already; nothing was changed. Run it with: tramgac collector run --state {state}",
        "{state} đã có máy thu thập; không thay đổi gì. Chạy bằng: tramgac collector run --state {state}",
    )
