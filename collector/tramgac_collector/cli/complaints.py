"""What is said of a command line that is wrong, and of what the collector refuses."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class Complaint(Pair):
    """One sentence: what, where, and how to mend it."""

    # The command line.
    USAGE = "Usage: {usage}   (--help says more)", "Cách dùng: {usage}   (--help nói rõ hơn)"
    NO_COMMAND = (
        "{command}: there is no command {given}{near}. Commands: {known}.",
        "{command}: không có lệnh {given}{near}. Các lệnh: {known}.",
    )
    NO_OPTION = "{command}: there is no option {given}{near}.", "{command}: không có tùy chọn {given}{near}."
    NEAR = " (did you mean {near}?)", " (có phải ý bạn là {near}?)"
    MISSING = "{command}: {name} is missing.", "{command}: thiếu {name}."
    RANGE = (
        "{command}: {name} takes a whole number from {least} to {most}.",
        "{command}: {name} phải là số nguyên từ {least} đến {most}.",
    )
    LEAST = "{command}: {name} is a whole number from {least} on.", "{command}: {name} là số nguyên từ {least} trở lên."
    NUMBER = "{command}: {name} takes a whole number.", "{command}: {name} phải là số nguyên."
    NEEDS_VALUE = "{command}: {name} needs a value after it.", "{command}: sau {name} phải có một giá trị."
    NO_VALUE = "{command}: {name} takes no value.", "{command}: {name} không nhận giá trị."
    TOO_MANY = "{command}: nothing may stand where {given} stands.", "{command}: thừa {given}."
    OTHER = "{command}: {why}", "{command}: {why}"
    MATCH_USAGE = (
        (
            "Usage: tramgac match --rules PATH... [--indicators PATH...] [--correlate] --json INPUT...   "
            "(or, for people: -- in place of --json)"
        ),
        (
            "Cách dùng: tramgac match --rules PATH... [--indicators PATH...] [--correlate] --json INPUT...   "
            "(hoặc, cho người đọc: -- thay cho --json)"
        ),
    )
    MATCH_TAKEN = (
        "{path} was taken as one of {option}, which has all that follows: put -- or --json before INPUT.",
        "{path} đã được tính cho {option}, vốn nhận mọi đường dẫn theo sau: hãy đặt -- hoặc --json trước INPUT.",
    )
    MATCH_HELP = (
        (
            "  --rules PATH...          Files and folders of rules, until another option or --.\n"
            "  --indicators PATH...     Lists of indicators (CSV, STIX 2.1, MISP) and folders of them, likewise.\n"
            "  --correlate              Apply correlation rules too: over all inputs, by the events' own times.\n"
            "  --logsources full|sigma  Log sources that rules may name: ours too, or those of Sigma alone. [full]\n"
            "  --json                   One JSON object a line, nothing else on stdout; inputs follow.\n"
            "  INPUT...                 EVTX and JSON files (.gz, .zst too), and folders of them.\n"
            "  --help                   Show this and end."
        ),
        (
            "  --rules PATH...          Tệp và thư mục luật, cho đến tùy chọn khác hoặc --.\n"
            "  --indicators PATH...     Danh sách chỉ dấu (CSV, STIX 2.1, MISP) và thư mục chứa chúng, tương tự.\n"
            "  --correlate              Áp dụng cả luật tương quan: trên mọi tệp vào, theo thời gian của sự kiện.\n"
            "  --logsources full|sigma  Nguồn nhật ký mà luật được nêu: cả của Trạm Gác, hoặc chỉ của Sigma. [full]\n"
            "  --json                   Mỗi dòng một đối tượng JSON, không gì khác; sau đó là tệp vào.\n"
            "  INPUT...                 Tệp EVTX, JSON (cả .gz, .zst), và thư mục chứa chúng.\n"
            "  --help                   Hiện trợ giúp này rồi kết thúc."
        ),
    )
    CHOICE = (
        "{field}: there is no {value}{near}; choose from: {allowed}.",
        "{field}: không có {value}{near}; hãy chọn trong: {allowed}.",
    )
    BAD_SPAN = (
        "{text} is no span of time. Write 90s, 15m, 2h or 7d.",
        "{text} không phải khoảng thời gian. Hãy viết 90s, 15m, 2h hoặc 7d.",
    )
    LONG_SPAN = "{text} is too long: {most} at most.", "{text} quá dài: nhiều nhất {most}."
    REASON_MISSING = (
        "{verdict} needs a reason, for the next person who meets this alert: --note TEXT.",
        "{verdict} cần lý do, cho người sau gặp lại cảnh báo này: --note TEXT.",
    )
    BAD_ALERT = (
        (
            "{text} is no alert's id: that is 32 digits of 0-9 and a-f, of which the first 8 or more are enough; "
            "`tramgac alerts` lists them."
        ),
        (
            "{text} không phải mã cảnh báo: mã gồm 32 ký tự 0-9, a-f, chỉ cần từ 8 ký tự đầu; "
            "`tramgac alerts` liệt kê các mã."
        ),
    )
    EXTRA = (
        "This needs more than what an agent installs ({module} is missing): pip install 'tramgac[{extra}]'",
        "Lệnh này cần nhiều thành phần hơn tác tử (thiếu {module}): pip install 'tramgac[{extra}]'",
    )
    # Fields of a request; {field} names one, as people write it.
    AT_MOST = "{field} may be {limit} at most.", "{field} chỉ được nhiều nhất là {limit}."
    AT_LEAST = "{field} must be {limit} at least.", "{field} phải ít nhất là {limit}."
    TOO_LONG = "{field} has more than {limit} characters.", "{field} dài quá {limit} ký tự."
    TOO_SHORT = "{field} has less than {limit} characters.", "{field} ngắn hơn {limit} ký tự."
    EMPTY = "{field} is empty: something must stand there.", "{field} đang để trống: phải có nội dung."
    EMPTY_WHY = (
        "{field} is empty: say in a few words why; it is kept for whoever meets this next.",
        "{field} đang để trống: hãy nêu ngắn gọn lý do; lý do được lưu lại cho người gặp việc này sau.",
    )
    BAD_FIELD = "{field} has a form that is not accepted ({why}).", "{field} sai dạng ({why})."
    BAD_VALUE = "{field}: {value} is not accepted.", "{field}: không chấp nhận {value}."
    # The collector, by the word of its refusal.
    ALERT_UNKNOWN = (
        "There is no alert {id}; `tramgac alerts` lists them.",
        "Không có cảnh báo {id}; `tramgac alerts` liệt kê các cảnh báo.",
    )
    ALERT_AMBIGUOUS = (
        "Several alerts begin with {id}: {found}. Give more of the id.",
        "Nhiều cảnh báo bắt đầu bằng {id}: {found}. Hãy viết dài hơn.",
    )
    ALERT_CHANGED = (
        "Someone else changed alert {id} just now; look at it again (`tramgac alerts show {id}`).",
        "Người khác vừa thay đổi cảnh báo {id}; hãy xem lại (`tramgac alerts show {id}`).",
    )
    HOST_UNKNOWN = (
        "There is no host {id}; `tramgac hosts` lists them.",
        "Không có máy trạm {id}; `tramgac hosts` liệt kê các máy.",
    )
    HOST_SPOKE = (
        "Host {id} has spoken, and what is known of it stays. To keep it out: `tramgac hosts revoke {id}`.",
        "Máy {id} đã gửi dữ liệu nên những gì đã biết về nó được giữ lại. Để chặn nó: `tramgac hosts revoke {id}`.",
    )
    HOST_AMBIGUOUS = (
        "Several hosts are meant by {id}: {found}. Give the id.",
        "Có nhiều máy trạm ứng với {id}: {found}. Hãy dùng mã máy.",
    )
    RULE_UNKNOWN = (
        "There is no rule {id}; `tramgac rules list` lists them, the first 8 characters of an id are enough.",
        "Không có luật {id}; `tramgac rules list` liệt kê các luật, chỉ cần 8 ký tự đầu của mã.",
    )
    RULE_GONE = (
        "Rule {id} is not on offer any more; only its alerts are there (tramgac alerts --rule {id}).",
        "Luật {id} không còn được cung cấp; chỉ còn các cảnh báo của luật (tramgac alerts --rule {id}).",
    )
    RULE_AMBIGUOUS = (
        "Several rules begin with {id}: {found}. Give more of the id.",
        "Nhiều luật bắt đầu bằng {id}: {found}. Hãy viết dài hơn.",
    )
    EXCEPTION_UNKNOWN = (
        "There is no exception {id} in force; `tramgac exceptions list --all` lists all of them.",
        "Không có ngoại lệ {id} đang có hiệu lực; `tramgac exceptions list --all` liệt kê tất cả.",
    )
    EXCEPTION_REFUSED = (
        "No exception can be made of {rule}: it is what the collector itself says.",
        "Không thể tạo ngoại lệ cho {rule}: đó là điều máy thu thập tự báo.",
    )
    EXCEPTION_LASTING = (
        "Exception {id} stands {expires} already: give a later end with --valid.",
        "Ngoại lệ {id} vốn đã có hiệu lực {expires}: hãy cho thời hạn muộn hơn bằng --valid.",
    )
    EXCEPTION_WIDE = (
        "Nearly every event meets {query}: name what the harmless ones have (FIELD:VALUE), or add --force.",
        "Gần như mọi sự kiện đều khớp {query}: hãy nêu điều các sự kiện vô hại có (FIELD:VALUE), hoặc thêm --force.",
    )
    EXCEPTION_CONTESTED = (
        (
            "People found true {count} of the alerts that this would hold back, such as {found}. Say more exactly what "
            "is harmless, or add --force."
        ),
        (
            "Trong các cảnh báo bị ngoại lệ này chặn có {count} cái đã được kết luận là đúng, như {found}. Hãy nêu rõ "
            "hơn điều vô hại, hoặc thêm --force."
        ),
    )
    EXCEPTION_THERE = (
        "Exception {id} says that already; `tramgac exceptions prolong {id}` gives it a later end.",
        "Ngoại lệ {id} đã nêu đúng điều này; `tramgac exceptions prolong {id}` để gia hạn.",
    )
    SITE_UNKNOWN = (
        "No host and no enrolment token has the site {name}. There are: {found}.",
        "Không máy trạm hay mã ghi danh nào thuộc đơn vị {name}. Hiện có: {found}.",
    )
    ACCESS_TOKEN_UNKNOWN = (
        "There is no access token {id}; `tramgac metrics tokens` lists them.",
        "Không có mã truy cập {id}; `tramgac metrics tokens` liệt kê các mã.",
    )
    TOKEN_UNKNOWN = (
        "There is no enrolment token {id}; `tramgac tokens` lists them.",
        "Không có mã ghi danh {id}; `tramgac tokens` liệt kê các mã.",
    )
    USER_UNKNOWN = (
        "There is no user {name}; `tramgac users` lists them, `tramgac users add {name}` makes one.",
        "Không có người dùng {name}; `tramgac users` liệt kê, `tramgac users add {name}` thêm mới.",
    )
    USER_CLOSED = (
        "The account of {name} is closed, so nobody can sign in with it; `tramgac users enable {name}` opens it.",
        "Tài khoản {name} đang bị khóa nên không thể đăng nhập; `tramgac users enable {name}` để mở lại.",
    )
    USER_EXISTS = (
        "There is a user {name} already; choose another name.",
        "Đã có người dùng {name}; hãy chọn tên khác.",
    )
    USER_NAME = (
        "A user's name has 1 to {most} printable characters.",
        "Tên người dùng gồm 1 đến {most} ký tự in được.",
    )
    PASSWORD_WEAK = (
        "A password has {least} to {most} characters, at least {different} different ones; choose another.",
        "Mật khẩu gồm {least} đến {most} ký tự, ít nhất {different} ký tự khác nhau; hãy chọn mật khẩu khác.",
    )
    CONTENT_REFUSED = (
        "The collector does not take these rules, those before stay in force: {reason}",
        "Máy thu thập không nhận bộ luật này, bộ luật trước vẫn có hiệu lực: {reason}",
    )
    SEARCH_PARENTHESIS = (
        "The parenthesis at character {at} of the search is not closed; one that is only text goes into quotes.",
        "Dấu ngoặc ở ký tự {at} của phép tìm chưa được đóng; nếu chỉ là chữ, hãy đặt trong ngoặc kép.",
    )
    SEARCH_PARENTHESIS_EXTRA = (
        "The parenthesis at character {at} of the search closes nothing; one that is only text goes into quotes.",
        "Dấu ngoặc ở ký tự {at} của phép tìm không đóng gì cả; nếu chỉ là chữ, hãy đặt trong ngoặc kép.",
    )
    SEARCH_QUOTES = (
        'The quotes at character {at} of the search are not closed; inside of quotes a quote is written as \\".',
        'Ngoặc kép ở ký tự {at} của phép tìm chưa được đóng; bên trong ngoặc kép, dấu ngoặc kép viết là \\".',
    )
    SEARCH_MISSING = (
        (
            "At character {at} of the search something to look for is missing; `and`, `or` and `not` as words to"
            " look for go into quotes."
        ),
        (
            "Ở ký tự {at} của phép tìm thiếu nội dung cần tìm; nếu muốn tìm chính các từ `and`, `or`, `not`,"
            " hãy đặt chúng trong ngoặc kép."
        ),
    )
    SEARCH_DEEP = (
        "The search is nested deeper than {most}; split it into several.",
        "Phép tìm lồng sâu hơn {most} mức; hãy tách thành nhiều phép tìm.",
    )
    SEARCH_TERMS = (
        "The search has more than {most} terms; split it into several.",
        "Phép tìm có hơn {most} điều kiện; hãy tách thành nhiều phép tìm.",
    )
    SEARCH_LONG = (
        "The search has more than {most} characters; split it into several.",
        "Phép tìm dài hơn {most} ký tự; hãy tách thành nhiều phép tìm.",
    )
    SEARCH_STAGE = (
        "At character {at} of the search: write `| count by FIELD` or `| rare FIELD`; | as text goes into quotes.",
        (
            "Ở ký tự {at} của phép tìm: hãy viết `| count by FIELD` hoặc `| rare FIELD`; dấu | là chữ thì đặt trong"
            " ngoặc kép."
        ),
    )
    SEARCH_COUNTS = (
        "This gives events and counts nothing by a field; leave out what follows |, or use `tramgac hunt`.",
        "Lệnh này cho ra sự kiện, không đếm theo trường; hãy bỏ phần sau dấu |, hoặc dùng `tramgac hunt`.",
    )
    SEARCH_FIELD = (
        (
            "There is no field {name} (character {at} of the search); `tramgac events --json --limit 1` shows what"
            " fields look like."
        ),
        (
            "Không có trường {name} (ký tự {at} của phép tìm); `tramgac events --json --limit 1` cho thấy các trường"
            " trông thế nào."
        ),
    )
    SEARCH_FIELD_NEAR = (
        "There is no field {name} (character {at} of the search); near it: {near}.",
        "Không có trường {name} (ký tự {at} của phép tìm); gần giống: {near}.",
    )
    SEARCH_UNKNOWN = (
        (
            "No event has a field {name}, so nothing would meet this; `tramgac events --json --limit 1` shows what "
            "fields look like."
        ),
        (
            "Không sự kiện nào có trường {name} nên sẽ không có gì khớp; `tramgac events --json --limit 1` cho thấy "
            "các trường trông thế nào."
        ),
    )
    SEARCH_UNKNOWN_NEAR = (
        "No event has a field {name}, so nothing would meet this; did you mean {near}?",
        "Không sự kiện nào có trường {name} nên sẽ không có gì khớp; có phải ý bạn là {near}?",
    )
    SEARCH_WORD = (
        "{name} is never {value}, so nothing would meet this; there are: {known}.",
        "{name} không bao giờ là {value} nên sẽ không có gì khớp; chỉ có: {known}.",
    )
    SEARCH_WORD_NEAR = (
        "{name} is never {value}, so nothing would meet this; did you mean {near}? There are: {known}.",
        "{name} không bao giờ là {value} nên sẽ không có gì khớp; có phải ý bạn là {near}? Chỉ có: {known}.",
    )
    SEARCH_HOST = (
        "host takes a host's id, 32 digits of 0-9 and a-f, not {value}; `tramgac hosts` lists them.",
        "host nhận mã máy gồm 32 ký tự 0-9, a-f, không phải {value}; `tramgac hosts` liệt kê các mã.",
    )
    SEARCH_HOST_UNKNOWN = (
        "No host is called {value}, and no id begins so; {value}* takes any case. `tramgac hosts` lists them.",
        "Không có máy tên {value} hay có mã bắt đầu như vậy; {value}* không phân biệt hoa thường. Xem `tramgac hosts`.",
    )
    SEARCH_HOSTS = (
        "More than {most} hosts are called so: ask for fewer of them.",
        "Có hơn {most} máy có tên như vậy: hãy hỏi ít máy hơn.",
    )
    SEARCH_PORT = "{name} goes up to {most}.", "{name} lớn nhất là {most}."
    SEARCH_RANGE = (
        "Nothing lies in the range of {name}: write the lower end first.",
        "Khoảng của {name} không chứa gì: hãy viết đầu nhỏ trước.",
    )
    SEARCH_DIGEST = (
        "{name} is 64 digits of 0-9 and a-f, in lower case; {value} is not, so nothing would meet this.",
        "{name} gồm 64 ký tự 0-9, a-f viết thường; {value} không phải vậy nên sẽ không có gì khớp.",
    )
    SEARCH_PATH = (
        "{name} is a whole path, so nothing would meet {value}: write */{value}, or *\\{value} for Windows.",
        "{name} là đường dẫn đầy đủ nên {value} sẽ không khớp gì: hãy viết */{value}, hoặc *\\{value} với Windows.",
    )
    SEARCH_BACKSLASH = (
        "In {text} a single \\ is lost, so nothing would meet this: in quotes write \\\\ for \\, or leave them out.",
        "Trong {text}, một dấu \\ bị mất nên không có gì khớp: trong ngoặc kép hãy viết \\\\ thay \\, hoặc bỏ ngoặc.",
    )
    SEARCH_ELSEWHERE = (
        "What this rule looks at ({kinds}) has no such {name}, so this would hold back nothing.",
        "Những gì luật này xét ({kinds}) không có {name} như vậy nên ngoại lệ sẽ không chặn gì.",
    )
    SEARCH_CONTRADICTS = (
        "No event can meet all of this search: its conditions exclude each other.",
        "Không sự kiện nào khớp được toàn bộ phép tìm này: các điều kiện loại trừ nhau.",
    )
    SEARCH_MAP = (
        "{name} holds names and values; write {name}.NAME:value (character {at} of the search).",
        "{name} chứa tên và giá trị; hãy viết {name}.NAME:value (ký tự {at} của phép tìm).",
    )
    SEARCH_VALUE = (
        "{name} takes other values (character {at} of the search): {type}.",
        "{name} nhận giá trị khác (ký tự {at} của phép tìm): {type}.",
    )
    SEARCH_GROUP = (
        "{name} is a time: events are not counted by it; narrow the time with --since and --until.",
        "{name} là thời gian: không đếm sự kiện theo nó; hãy thu hẹp bằng --since và --until.",
    )
    SEARCH_ENDED = (
        "The search was ended before it was done; ask again.",
        "Tìm kiếm đã bị dừng trước khi xong; hãy thử lại.",
    )
    SEARCH_LARGE = (
        "The search takes too much memory; narrow it with --since, --host or --kind.",
        "Tìm kiếm cần quá nhiều bộ nhớ; hãy thu hẹp bằng --since, --host hoặc --kind.",
    )
    SEARCH_SLOW = (
        "The search took too long; narrow it with --since, --host or --kind.",
        "Tìm kiếm quá lâu; hãy thu hẹp bằng --since, --host hoặc --kind.",
    )
    HOLD_UNKNOWN = (
        "No legal hold {id} stands; `tramgac store holds` lists them.",
        "Không có lệnh giữ {id} nào đang hiệu lực; `tramgac store holds` liệt kê.",
    )
    PREVALENCE_FIELD = (
        "How common values are is known of {known}.",
        "Chỉ biết độ phổ biến của {known}.",
    )
    PREVALENCE_PARENT = (
        "--parent goes with process.executable, not with {name}.",
        "--parent đi với process.executable, không đi với {name}.",
    )
    HOURS_MANY = (
        "These are more than {most} hours; narrow them with --since and --until.",
        "Khoảng này dài hơn {most} giờ; hãy thu hẹp bằng --since và --until.",
    )
    BACKTEST_BUSY = (
        "Another backtest runs; try again when it is done.",
        "Đang có một lần xét lại khác chạy; hãy thử lại khi nó xong.",
    )
    BACKTEST_NONE = (
        "No Sigma rule was named: YARA rules and indicators are not judged again.",
        "Chưa nêu luật Sigma nào: luật YARA và chỉ dấu không được xét lại.",
    )
    BACKTEST_RULES = "The rules do not load: {reason}.", "Không nạp được luật: {reason}."
    BACKTEST_MEMORY = (
        "{reason}; choose fewer rules or a shorter time.",
        "Cần nhiều bộ nhớ hơn mức cho phép ({reason}); hãy chọn ít luật hơn hoặc thời gian ngắn hơn.",
    )
    NOT_SIGNED_IN = (
        (
            "The collector does not accept the credential in {state}/run; it may be one of an earlier start: "
            "start it again, then repeat the command."
        ),
        (
            "Máy thu thập không chấp nhận thông tin xác thực trong {state}/run; có thể là của lần chạy trước: "
            "hãy khởi động lại máy thu thập rồi chạy lại lệnh."
        ),
    )
    TOO_LARGE = "What was sent is too large: {limit} bytes at most.", "Dữ liệu gửi quá lớn: nhiều nhất {limit} byte."
    UNAVAILABLE = (
        "The event store does not answer; `tramgac collector doctor` says why, and it mostly comes back by itself.",
        "Kho sự kiện không trả lời; `tramgac collector doctor` cho biết vì sao, thường nó tự trở lại.",
    )
    INTERNAL = (
        "The collector failed at this ({reference}); the log of its role api in {state} says at what.",
        "Máy thu thập gặp lỗi ({reference}); nhật ký vai trò api trong {state} cho biết lý do.",
    )
    DISK_FULL = (
        "The collector's disk is full, so nothing was changed: make room at {state} and try again.",
        "Đĩa của máy thu thập đã đầy nên chưa thay đổi gì: hãy dọn bớt tại {state} rồi thử lại.",
    )
    ABSENT = "The collector knows no {path}: is it of another version?", "Máy thu thập không có {path}: khác phiên bản?"
