"""What an author is told about rules that find everything or nothing, and how to mend it."""

from tramgac_rules.authoring.texts import Words


class Sense(Words):
    """A sentence, or a part of one."""

    NO_VALUES = (
        "{words} with no value would ask that the field be absent",
        "{words} không có giá trị nào sẽ đòi trường này phải vắng mặt",
    )
    FILL_OR_NULL = (
        "Give it values, or write `{field}: null` for that.",
        "Hãy thêm giá trị, hoặc viết `{field}: null` nếu muốn vậy.",
    )
    ASKS_NOTHING = (
        "an event without any of the rule's fields meets it, so it finds nearly everything",
        "sự kiện không có trường nào của luật cũng khớp, nên luật tìm ra gần như mọi thứ",
    )
    ADD_WANTED = (
        "Add a selection of what is to be found, as `wanted and not others`.",
        "Hãy thêm selection của điều cần tìm, ví dụ `wanted and not others`.",
    )
    ANYTHING = (
        "an event meets it whatever its fields hold, so it finds nearly everything",
        "sự kiện nào cũng khớp dù các trường chứa gì, nên luật tìm ra gần như mọi thứ",
    )
    ADD_VALUE = (
        "Write what tells the events that are meant from all others.",
        "Hãy viết điều phân biệt sự kiện cần tìm với mọi sự kiện khác.",
    )
    CONTRADICTS = (
        "the condition asks for something and for its opposite, so nothing meets it",
        "condition đòi một điều và cả điều ngược lại, nên không gì khớp được",
    )
    EITHER = "Take one of them out.", "Hãy bỏ một trong hai."
    TWO_VALUES = (
        "{field} would have to be {one!r} and {other!r} at once, so nothing meets it",
        "{field} phải vừa là {one!r} vừa là {other!r}, nên không gì khớp được",
    )
    ONE_LIST = (
        "If either will do, write both in one list.",
        "Nếu giá trị nào cũng được, hãy viết cả hai trong một danh sách.",
    )
    NO_TIME = "no time has {part} {value}", "không thời điểm nào có {part} {value}"
    MEND_TIME = (
        "Look at the number: {part} goes from {least} to {most}.",
        "Hãy xem lại con số: {part} đi từ {least} đến {most}.",
    )
    OVERLONG = (
        "the value has {count} characters, and of an event's fields the first {most} are looked at",
        "giá trị có {count} ký tự, mà các trường của sự kiện chỉ được xét {most} ký tự đầu",
    )
    EVERY_COUNT = "every count is {bounds}", "số đếm nào cũng {bounds}"
    WRITE_LEAST = (
        "Write the number from which it matters, as `gte: 10`.",
        "Hãy viết con số mà từ đó mới đáng chú ý, ví dụ `gte: 10`.",
    )
    YARA_TRUE = "the condition is `true`: every file meets it", "condition là `true`: tệp nào cũng khớp"
    YARA_FALSE = "the condition is `false`: no file meets it", "condition là `false`: không tệp nào khớp"
    YARA_WRITE = "Write what the files have.", "Hãy viết điều mà các tệp cần tìm có."
