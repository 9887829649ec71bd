"""What `tramgac alerts verdict-all` says, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class VerdictWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Close all open alerts that the options let through with one verdict; it asks first.",
        "Đóng mọi cảnh báo đang mở khớp với các tùy chọn bằng một kết luận; có hỏi lại trước.",
    )
    OPTION_YES = (
        "Do not ask: for scripts, and where there is no terminal.",
        "Không hỏi lại: dùng cho kịch bản, và nơi không có terminal.",
    )
    ASK = (
        "Close {count:open alert|open alerts} ({which}) as {verdict}? [y/N] ",
        "Đóng {count} cảnh báo đang mở ({which}) với kết luận {verdict}? [c/K] ",
    )
    NOTHING_OPEN = "No open alert matches.", "Không có cảnh báo đang mở nào khớp."
    EVERY_ONE = "all there are", "tất cả"
    NOBODY_TO_ASK = (
        (
            "There is no terminal to ask whether {count:alert is to be closed: add --yes if it is|alerts are to be "
            "closed: add --yes if they are}."
        ),
        "Không có terminal để hỏi có đóng {count} cảnh báo hay không: thêm --yes nếu đúng là vậy.",
    )
    NOT_CLOSED = "Nothing was closed.", "Chưa đóng cảnh báo nào."
    CLOSED = "{count:alert|alerts} closed: {verdict}", "Đã đóng {count} cảnh báo: {verdict}"
    CHANGED = (
        "{count:was|were} changed by others since you asked and left alone.",
        "{count} cảnh báo đã bị người khác thay đổi sau khi bạn hỏi nên được giữ nguyên.",
    )
    STILL_OPEN = (
        "{count:is|are} still open: others hold them just now. Say it again in a moment.",
        "{count} cảnh báo vẫn mở: đang có người khác thao tác. Hãy chạy lại lệnh sau giây lát.",
    )
    BEFORE = (
        "{option} stands before {command}, which would not see it: write it behind {command}.",
        "{option} đứng trước {command} nên lệnh này không nhận được: hãy viết nó sau {command}.",
    )
