"""What an author is told where a library refuses what was written: in our words, with how to mend it."""

from tramgac_rules.authoring.texts import Words


class Refusal(Words):
    """A sentence."""

    # Regular expressions.
    REGEX = "RE2 does not take the expression; it says {why!r}", "RE2 không nhận biểu thức này; nó báo {why!r}"
    SEE_RE2 = (
        "RE2's syntax is that of Perl without what needs trying back.",
        "Cú pháp RE2 là cú pháp Perl, trừ những gì phải thử lùi lại.",
    )
    OPEN = "a group is never closed: `{what}`", "một nhóm không được đóng: `{what}`"
    CLOSE = (
        r"Write the missing ), or \( for the character itself.",
        r"Hãy viết dấu ) còn thiếu, hoặc \( cho chính ký tự.",
    )
    CLOSES_NOTHING = "a ) closes nothing: `{what}`", "một dấu ) không đóng nhóm nào: `{what}`"
    OPEN_IT = (
        r"Take it out, or write \) for the character itself.",
        r"Hãy bỏ dấu này, hoặc viết \) cho chính ký tự.",
    )
    OPEN_SET = "a set of characters is never closed: `{what}`", "một tập ký tự không được đóng: `{what}`"
    CLOSE_SET = (
        r"Write the missing ], or \[ for the character itself.",
        r"Hãy viết dấu ] còn thiếu, hoặc \[ cho chính ký tự.",
    )
    REPEATS = "`{what}` repeats too often", "`{what}` lặp lại quá nhiều"
    LOWER_REPEATS = (
        "1000 times are the most, those of nested ones multiplied: lower the numbers, or write * or +.",
        "Nhiều nhất 1000 lần, các lần lặp lồng nhau thì nhân lên: hãy giảm số, hoặc viết * hay +.",
    )
    NOTHING_REPEATED = "there is nothing before `{what}` to repeat", "không có gì trước `{what}` để lặp lại"
    WRITE_REPEATED = (
        "Write what is repeated before it, or a backslash for the character itself.",
        "Hãy viết phần được lặp ở trước, hoặc thêm dấu gạch chéo ngược cho chính ký tự.",
    )
    REPEATED_TWICE = "`{what}` repeats a repetition", "`{what}` lặp lại một phép lặp"
    ONE_REPEAT = (
        "Write one of them; possessive ones (*+, ++) are out.",
        "Hãy chỉ viết một; không có dạng chiếm giữ (*+, ++).",
    )
    LOOK_AROUND = "look-around is out: `{what}`", "không dùng được look-around: `{what}`"
    USE_NOT = (
        "Write what must not be there as a selection of its own, and `not` before it in the condition.",
        "Hãy viết điều không được có thành một selection riêng, và đặt `not` trước nó trong condition.",
    )
    USE_ALL = (
        "Write what must be there too as an expression of its own, both under `re|all`.",
        "Hãy viết điều cũng phải có thành một biểu thức riêng, cả hai dưới `re|all`.",
    )
    BACK_REFERENCE = "back-references are out: `{what}`", "không dùng được tham chiếu ngược: `{what}`"
    WRITE_AGAIN = "Write what it is to find once more.", "Hãy viết lại điều cần tìm."
    ODD_GROUP = "no group begins with `{what}`", "không có nhóm nào bắt đầu bằng `{what}`"
    GROUPS = "There are (...), (?:...), (?i) and (?P<name>...).", "Có (...), (?:...), (?i) và (?P<tên>...)."
    ODD_ESCAPE = "there is no escape `{what}`", "không có ký hiệu thoát `{what}`"
    WRITE_ESCAPE = (
        r"Write the character itself, or \\ for a backslash; the end of the text is \z.",
        r"Hãy viết chính ký tự đó, hoặc \\ cho dấu gạch chéo ngược; cuối chuỗi là \z.",
    )
    ODD_RANGE = "`{what}` is no range or class of characters", "`{what}` không phải khoảng hay lớp ký tự"
    WRITE_RANGE = (
        r"Write the lower character first, as a-z; a class as [:alpha:] or \p{{L}}.",
        r"Hãy viết ký tự nhỏ hơn trước, ví dụ a-z; lớp thì viết [:alpha:] hoặc \p{{L}}.",
    )
    ENDS_IN_BACKSLASH = "the expression ends in a lone backslash", "biểu thức kết thúc bằng một dấu gạch chéo ngược lẻ"
    TWO_BACKSLASHES = r"Write \\ for a backslash.", r"Hãy viết \\ cho dấu gạch chéo ngược."
    TOO_LARGE = "the expression takes too much memory", "biểu thức cần quá nhiều bộ nhớ"
    SPLIT = "Write it as several, or with fewer repetitions.", "Hãy tách thành nhiều biểu thức, hoặc bớt phép lặp."
    # Values and modifiers.
    VALUE = "pySigma does not take the value; it says {why!r}", "pySigma không nhận giá trị này; nó báo {why!r}"
    SEE_SPECIFICATION = "See the Sigma specification.", "Hãy xem đặc tả Sigma."
    BASE64_WILDCARD = "base64 takes no wildcards", "base64 không nhận ký tự đại diện"
    NO_WILDCARD = (
        r"Write the text without * and ?, or \* for the character itself.",
        r"Hãy viết chuỗi không có * và ?, hoặc \* cho chính ký tự.",
    )
    NOT_FIRST = "{word} comes after another modifier", "{word} đứng sau một modifier khác"
    PUT_FIRST = "Write `{word}` first.", "Hãy viết `{word}` đầu tiên."
    NETWORK = "{what!r} is no network", "{what!r} không phải một mạng"
    WRITE_NETWORK = (
        "Write an address and how many of its bits count, as 10.0.0.0/8 (32 at most) or fd00::/8 (128 at most).",
        "Hãy viết địa chỉ và số bit được tính, ví dụ 10.0.0.0/8 (nhiều nhất 32) hoặc fd00::/8 (nhiều nhất 128).",
    )
    NUMBER = "the number has no end, or is none", "số này vô hạn, hoặc không phải số"
    FINITE = "Write a finite number.", "Hãy viết một số hữu hạn."
    WIDE = "wide takes ASCII letters alone, not {what!r}", "wide chỉ nhận chữ ASCII, không nhận {what!r}"
    WRITE_ASCII = "Leave out what is not ASCII.", "Hãy bỏ những chữ không phải ASCII."
    SURROGATE = "the text holds half a character, {what}", "chuỗi chứa nửa ký tự, {what}"
    WHOLE_CHARACTER = "Write the whole character.", "Hãy viết cả ký tự."
    REFERENCE_WILDCARD = "fieldref takes no wildcards", "fieldref không nhận ký tự đại diện"
    ONE_FIELD = "Name one field.", "Hãy nêu một trường."
    EXISTS_NO_FIELD = "exists is for a field", "exists dành cho một trường"
    NAME_FIELD = "Write `FIELD|exists: true`.", "Hãy viết `TRƯỜNG|exists: true`."
    AND_MORE = (
        "{count} more values of this entry cannot be used; the first is here",
        "{count} giá trị nữa của mục này không dùng được; giá trị đầu ở đây",
    )
