"""What commands say of exceptions, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class ExceptionWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Exceptions: where a rule does not alert, since its events meet a search.",
        "Ngoại lệ: nơi một luật không tạo cảnh báo vì sự kiện khớp một phép tìm.",
    )
    ABOUT_LIST = (
        "List exceptions with what each held back, the newest first.",
        "Liệt kê ngoại lệ kèm số cảnh báo đã chặn, mới nhất trước.",
    )
    ABOUT_SHOW = (
        "All of one exception, with the newest few that it held back.",
        "Toàn bộ một ngoại lệ, kèm vài lần chặn gần nhất.",
    )
    ABOUT_TRY = (
        "What an exception would have held back; changes nothing.",
        "Ngoại lệ này sẽ chặn những gì; không thay đổi gì.",
    )
    ABOUT_ADD = (
        "Put an exception in force; it says what it would have held back.",
        "Cho một ngoại lệ có hiệu lực; cho biết nó sẽ chặn những gì.",
    )
    ABOUT_PROLONG = (
        "Give an exception in force a later end, counted from now.",
        "Gia hạn một ngoại lệ đang có hiệu lực, tính từ bây giờ.",
    )
    ABOUT_CLOSE = (
        "Close the open alerts of the last 30 days that an exception in force would have held back.",
        "Đóng các cảnh báo đang mở trong 30 ngày qua mà một ngoại lệ đang có hiệu lực lẽ ra đã chặn.",
    )
    ABOUT_END = "End an exception: its rule alerts again.", "Kết thúc ngoại lệ: luật tạo cảnh báo trở lại."
    ARGUMENT_RULE = (
        "A rule's id, or its first 8 characters or more; '*' for every rule.",
        "Mã luật, hoặc từ 8 ký tự đầu; '*' cho mọi luật.",
    )
    ARGUMENT_QUERY = (
        "What the harmless events have, as `tramgac hunt` is asked: user.name:svc-backup and Image:*\\backup.exe",
        "Điều các sự kiện vô hại có, viết như `tramgac hunt`: user.name:svc-backup and Image:*\\backup.exe",
    )
    ARGUMENT_NUMBER = "An exception's number, as the list shows it.", "Số của ngoại lệ, như trong danh sách."
    OPTION_ALL = "Also those that ended.", "Cả những ngoại lệ đã kết thúc."
    OPTION_DAYS = "Look at the alerts and events of so many days.", "Xét cảnh báo và sự kiện trong chừng này ngày."
    OPTION_VALID = (
        "For how long: 90d, or never (without an end; for those who manage rules).",
        "Trong bao lâu: 90d, hoặc never (không thời hạn; dành cho người quản lý luật).",
    )
    OPTION_FORCE = (
        "Also if nearly every event meets it, or none ever would, or people found true what it would hold back.",
        "Cả khi gần như mọi sự kiện đều khớp, không sự kiện nào khớp, hoặc khi nó chặn điều đã được kết luận là đúng.",
    )
    OPTION_WHY_END = "Why: kept with the exception.", "Lý do: lưu cùng ngoại lệ."
    BAD_VALID = (
        "--valid takes whole days, such as 90d, or never; not {text}.",
        "--valid nhận số ngày nguyên, như 90d, hoặc never; không nhận {text}.",
    )
    NONE = (
        "No exceptions: every rule that is to alert does.",
        "Không có ngoại lệ: mọi luật cần cảnh báo đều cảnh báo.",
    )
    HELD = (
        "Of {looked:alert|alerts} of the last {days:day|days} {held} would not be there, {open} of them open.",
        "Trong {looked} cảnh báo của {days} ngày qua, {held} sẽ không có, trong đó {open} đang mở.",
    )
    HELD_MORE = (
        "There are more alerts; only the newest were looked at.",
        "Còn cảnh báo cũ hơn; chỉ xét những cái mới nhất.",
    )
    AGAINST = (
        "People found {count} of them true: {found}.",
        "Trong số đó {count} cái đã được kết luận là đúng: {found}.",
    )
    AGAINST_MORE = (
        "People found {count} of them true, such as {found}.",
        "Trong số đó {count} cái đã được kết luận là đúng, như {found}.",
    )
    NONE_HELD = (
        (
            "None of them meets it. A value without * is compared as a whole and by its case; `tramgac hunt` tries the "
            "search on stored events."
        ),
        (
            "Không cảnh báo nào trong số đó khớp. Giá trị không có * phải khớp toàn bộ, kể cả chữ hoa, chữ thường; "
            "`tramgac hunt` thử phép tìm trên sự kiện đã lưu."
        ),
    )
    SAME = (
        "Exception {id} says that already: tramgac exceptions show {id}",
        "Ngoại lệ {id} đã nêu đúng điều này: tramgac exceptions show {id}",
    )
    UNSURE = (
        "{count:time|times} nobody can tell; there would be an alert.",
        "{count} lần không thể kết luận; khi đó vẫn có cảnh báo.",
    )
    EVENTS = (
        "Its search is true of {events:stored event|stored events} of that time, whether the rule is met or not.",
        "Phép tìm đúng với {events} sự kiện đã lưu trong thời gian đó, dù có khớp luật hay không.",
    )
    NO_EVENTS = (
        "How many stored events its search is true of nobody can say just now.",
        "Hiện chưa đếm được phép tìm đúng với bao nhiêu sự kiện đã lưu.",
    )
    WIDE = (
        "Nearly every event meets it: name what the harmless ones have.",
        "Gần như mọi sự kiện đều khớp: hãy nêu điều các sự kiện vô hại có.",
    )
    STATED = (
        "Exception {id} is in force {until}. Alerts that are there stay: tramgac exceptions close {id} VERDICT",
        "Ngoại lệ {id} có hiệu lực {until}. Cảnh báo đã có vẫn còn: tramgac exceptions close {id} KẾT_LUẬN",
    )
    PROLONGED = "Exception {id} is in force {until}.", "Ngoại lệ {id} có hiệu lực {until}."
    UNTIL = "until {when}", "đến {when}"
    ENDLESS = "without an end", "vô thời hạn"
    EVERY_RULE = "every rule", "mọi luật"
    ENDED = "Exception {id} ended; it held back {held}.", "Ngoại lệ {id} đã kết thúc; nó đã chặn {held}."
    NEVER = "never", "không thời hạn"
    EVERYWHERE = "everywhere", "mọi nơi"
    ACTIVE = "in force", "có hiệu lực"
    EXPIRED = "expired", "hết hạn"
    ENDED_STATE = "ended by {by}: {why}", "{by} kết thúc: {why}"
    RECENT = "The newest that it held back:", "Những lần chặn gần nhất:"
    NOT_READ = "It cannot be read and holds back nothing: {fault}", "Không đọc được nên không chặn gì: {fault}"
    WELL = "{count} in force", "{count} đang có hiệu lực"
    SOON = (
        "ending within {days:day|days}: {found}; prolong what is still right: tramgac exceptions prolong ID",
        "hết hạn trong {days} ngày: {found}; nếu vẫn đúng, hãy gia hạn: tramgac exceptions prolong ID",
    )
    LOUD = (
        "held back more than {most} a day: {found}; mend the rule, or choose a state for it (tramgac rules state)",
        "chặn hơn {most} lần mỗi ngày: {found}; hãy sửa luật, hoặc chọn trạng thái cho luật (tramgac rules state)",
    )
    FAULTY = (
        "not readable, so nothing is held back: {found}; end and state anew",
        "không đọc được nên không chặn gì: {found}; hãy kết thúc rồi tạo lại",
    )
