"""What `tramgac hunt` says, and what searches say of the time that they looked at, in English and Vietnamese."""

from __future__ import annotations

from tramgac_collector.cli.pairs import Pair


class HuntWord(Pair):
    """One sentence: English, Vietnamese. `{name}` stands for a parameter."""

    ABOUT = (
        "Ask one question of all stored events: on which hosts, how often, and what; or counted by a field.",
        "Hỏi một câu trên mọi sự kiện đã lưu: ở máy nào, bao nhiêu lần, là gì; hoặc đếm theo một trường.",
    )
    OPTION_BY = (
        "Count by this field in place of listing events, the most first: process.executable, User.",
        "Đếm theo trường này thay vì liệt kê sự kiện, nhiều nhất trước: process.executable, User.",
    )
    OPTION_RARE = "With --by: the rarest first.", "Dùng với --by: hiếm nhất trước."
    OPTION_LIMIT = (
        "Show so many of the newest events, or so many groups.",
        "Số sự kiện mới nhất, hoặc số nhóm, cần hiện.",
    )
    RARE_OF_WHAT = (
        "--rare needs the field that is counted: --by process.executable.",
        "--rare cần trường để đếm: --by process.executable.",
    )
    LOOKED_BACK = (
        "No time was given: this is of the last 24 h, since {since}. --since looks further back.",
        "Không nêu thời gian: đây là 24 giờ vừa qua, từ {since}. Dùng --since để tìm xa hơn.",
    )
    LOOKED_BACK_FROM = (
        "No --since was given: this is of the 24 h before {until}, since {since}.",
        "Không nêu --since: đây là 24 giờ trước {until}, từ {since}.",
    )
    FOUND = "{events:event|events} on {hosts:host|hosts}.", "{events} sự kiện trên {hosts} máy."
    COUNTED = (
        "{events:event|events}, {groups:value|values} of {by}; events that do not know the field are not counted.",
        "{events} sự kiện, {groups} giá trị của {by}; không đếm sự kiện thiếu trường này.",
    )
    GROUPS_CUT = (
        "These are {shown} of {groups}. --limit takes up to {most}.",
        "Đây là {shown} trong tổng số {groups}. --limit nhận đến {most}.",
    )
