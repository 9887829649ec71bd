"""What an author is told about sizes: of what there is too much, and how to mend it."""

from tramgac_rules.authoring.texts import Words


class Size(Words):
    """A sentence, or a part of one."""

    LONG_VALUE = (
        "the value has {count} characters, {most} are allowed",
        "giá trị có {count} ký tự, chỉ cho phép {most}",
    )
    LONG_MADE = (
        "as its modifiers write it the value has {count} characters, {most} are allowed",
        "sau khi các modifier viết lại, giá trị có {count} ký tự, chỉ cho phép {most}",
    )
    SHORTEN_VALUE = (
        "Keep the part of it that tells it from others.",
        "Hãy giữ lại phần đủ để phân biệt nó với giá trị khác.",
    )
    LONG_REGEX = (
        "the expression has {count} characters, {most} are allowed",
        "biểu thức có {count} ký tự, chỉ cho phép {most}",
    )
    SPLIT_REGEX = (
        "Write several shorter ones, or texts with contains.",
        "Hãy viết thành nhiều biểu thức ngắn hơn, hoặc dùng chuỗi với contains.",
    )
    MANY_PARTS = (
        "the pattern has {count} texts with ? between them, {most} are allowed",
        "mẫu có {count} chuỗi ngăn cách bởi ?, chỉ cho phép {most}",
    )
    WRITE_STAR = "Write * for a part of it, or several patterns.", "Hãy viết * thay một phần, hoặc viết nhiều mẫu."
    LONG_NAME = "a name has {count} characters, {most} are allowed", "một tên có {count} ký tự, chỉ cho phép {most}"
    SHORTEN_NAME = "Give it a shorter name.", "Hãy đặt tên ngắn hơn."
    MANY_TEXTS = "{key} has {count} entries, {most} are allowed", "{key} có {count} mục, chỉ cho phép {most}"
    FEWER = "Leave some of them out.", "Hãy bỏ bớt."
    MANY_VALUES = (
        "with all that they stand for the selections have more than {most} values",
        "tính cả những gì chúng thay cho, các selection có hơn {most} giá trị",
    )
    MUCH_TEXT = (
        "with all that they stand for the values have more than {most} characters together",
        "tính cả những gì chúng thay cho, các giá trị có tổng cộng hơn {most} ký tự",
    )
    SPLIT_RULE = (
        "Write several rules; long lists of indicators have files of their own.",
        "Hãy viết thành nhiều luật; danh sách chỉ dấu dài có tệp riêng.",
    )
    LONG_CONDITION = (
        "with its selections put in the condition has more than {most} values",
        "khi thay các selection vào, condition có hơn {most} giá trị",
    )
    NAME_ONCE = (
        "Name each selection once, or write several rules.",
        "Hãy nêu mỗi selection một lần, hoặc viết thành nhiều luật.",
    )
    DEEP = "nested deeper than {most}", "lồng sâu quá {most} mức"
    NEST_LESS = "Put parts of it into selections of their own.", "Hãy tách các phần thành selection riêng."
    LARGE_WITH_FILTERS = (
        "with the filters that are added to it the rule has {count} values, {most} are allowed",
        "cùng các bộ lọc gắn vào, luật có {count} giá trị, chỉ cho phép {most}",
    )
    NARROW_FILTERS = (
        "Have the filters name the rules that they are for.",
        "Hãy để bộ lọc nêu rõ các luật mà nó dành cho.",
    )
    LARGE_SET = (
        "with this one the rules have more than {most} values together",
        "tính cả luật này, các luật có tổng cộng hơn {most} giá trị",
    )
    MANY_RULES = (
        "there are {most} rules before this one, and more are not loaded",
        "đã có {most} luật trước luật này, không nạp thêm được nữa",
    )
    REMOVE_RULES = "Take out rules that nobody needs.", "Hãy bỏ những luật không ai cần."
