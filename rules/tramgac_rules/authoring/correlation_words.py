"""What an author is told about correlations: what is wrong, and how to mend it."""

from tramgac_rules.authoring.texts import Words


class Link(Words):
    """A sentence, or a part of one."""

    # The mapping.
    NO_MAPPING = (
        "a mapping with type, rules, timespan and condition is expected",
        "cần một ánh xạ gồm type, rules, timespan và condition",
    )
    NO_KEY = "the key {name!r} is unknown", "không có khóa {name!r}"
    NO_GROUP = "without `group-by` all hosts are one group", "không có `group-by` thì mọi máy là một nhóm"
    NAME_COMMON = "Name what the events have in common.", "Hãy nêu điểm chung của các sự kiện."
    NO_TYPE = "the correlation has no type", "luật tương quan không có type"
    ODD_TYPE = "{name!r} is no type of correlation", "{name!r} không phải kiểu luật tương quan"
    ODD_RULES = "`rules` is a list of ids or names", "`rules` là danh sách id hoặc tên"
    NO_RULES = "the correlation refers to no rule", "luật tương quan không tham chiếu luật nào"
    ADD_RULES = "Add `rules:` with ids or names.", "Hãy thêm `rules:` với id hoặc tên."
    RULE_TWICE = "the rule {name!r} is listed twice", "luật {name!r} được nêu hai lần"
    MANY_RULES = "{count} rules, {most} are allowed", "{count} luật, chỉ cho phép {most}"
    NO_SPAN = "the correlation has no timespan", "luật tương quan không có timespan"
    ADD_SPAN = "Add `timespan:`, as 10m, 1h, 7d.", "Hãy thêm `timespan:`, ví dụ 10m, 1h, 7d."
    ODD_SPAN = "{text!r} is no timespan", "{text!r} không phải khoảng thời gian"
    WRITE_SPAN = (
        "A number with s, m, h, d, w, M or y; ten years at most.",
        "Một số kèm s, m, h, d, w, M hoặc y; nhiều nhất mười năm.",
    )
    ODD_FIELDS = (
        "`{key}` is a field, or a list of at most {most} that differ",
        "`{key}` là một trường, hoặc danh sách nhiều nhất {most} trường khác nhau",
    )
    ODD_ALIASES = (
        "`aliases` names fields: for each, the field of each rule",
        "`aliases` nêu các trường: với mỗi trường, trường tương ứng của từng luật",
    )
    ALIAS_UNUSED = "nothing uses the alias {name!r}", "không có gì dùng alias {name!r}"
    USE_ALIAS = "Put it into `group-by`.", "Hãy đưa nó vào `group-by`."
    ALIAS_EMPTY = "the alias {name!r} needs a field for each rule", "alias {name!r} cần một trường cho mỗi luật"
    WRITE_ALIAS = "Write `RULE: FIELD`.", "Hãy viết `LUẬT: TRƯỜNG`."
    NOT_LISTED = "`rules` does not list {name!r}", "`rules` không nêu {name!r}"
    FIELD_EXPECTED = "a field's name is expected", "cần tên một trường"
    ODD_GENERATE = "`generate` is true or false", "`generate` là true hoặc false"
    # The condition.
    WORDS_TEMPORAL = "a condition in words is for temporal types", "condition bằng lời chỉ dành cho các kiểu temporal"
    MAPPING_EXPECTED = "a mapping is expected", "cần một ánh xạ"
    WRITE_OPERATOR = (
        "Write an operator and a number, as `gte: 10`.",
        "Hãy viết toán tử và một số, ví dụ `gte: 10`.",
    )
    NO_CONDITION = "the correlation has no condition", "luật tương quan không có condition"
    ADD_CONDITION = "Add `condition:`, as `gte: 10`.", "Hãy thêm `condition:`, ví dụ `gte: 10`."
    MAY_NAME = "It may name: {known}.", "Có thể nêu: {known}."
    NO_SEVERAL = (
        "a correlation's condition does not take `{words}`",
        "condition của luật tương quan không nhận `{words}`",
    )
    WRITE_RULES = (
        "Name the rules, as `a or b`; or count them, as `condition: {{gte: 1}}`.",
        "Hãy nêu các luật, ví dụ `a or b`; hoặc đếm chúng, ví dụ `condition: {{gte: 1}}`.",
    )
    NOT_NAMED = "the condition does not name the rule {name!r}", "condition không nêu luật {name!r}"
    NAME_IT = "Name it, or take it out of `rules`.", "Hãy nêu nó, hoặc bỏ nó khỏi `rules`."
    NO_OPERATOR_LIKE = "the operator {name!r} is unknown", "không có toán tử {name!r}"
    NO_OPERATOR = "the condition has no operator", "condition không có toán tử"
    ONE_OF = "One of {known}.", "Chọn trong: {known}."
    NOTHING_IS = "nothing is {bounds}", "không có gì thỏa {bounds}"
    NOTHING_IS_OF = "nothing is {bounds} with {most} rules", "không có gì thỏa {bounds} với {most} luật"
    MANY_VALUES = "at most {most} values are counted", "nhiều nhất {most} giá trị được đếm"
    SPLIT_RULES = (
        "Make correlations of some of them, and refer to those.",
        "Hãy gộp một số luật thành luật tương quan, rồi tham chiếu chúng.",
    )
    TAKE_OUT = "Take it out.", "Hãy bỏ nó."
    MEND_NUMBERS = "Mend the numbers: they leave nothing over.", "Hãy sửa các số: chúng không để lại gì."
    LOWER = "Lower the number.", "Hãy giảm số đó."
    NEEDS_FIELD = "{type} needs a field", "{type} cần một trường"
    ADD_FIELD = "Add `field:` to the condition.", "Hãy thêm `field:` vào condition."
    NO_FIELD = "{type} takes no field", "{type} không nhận trường"
    COUNT_VALUES = "value_count counts the values of a field.", "value_count đếm giá trị của một trường."
    MEDIAN = "without `percentile` it is 50, the median", "không có `percentile` thì là 50, trung vị"
    ADD_PERCENTILE = "Add `percentile:`.", "Hãy thêm `percentile:`."
    NO_PERCENTILE = "{type} takes no percentile", "{type} không nhận percentile"
    ODD_PERCENTILE = "a number from 0 to 100 is expected", "cần một số từ 0 đến 100"
    NO_NUMBER = "{name}: {value!r} is no number", "{name}: {value!r} không phải số"
    CONTRADICTS = "the condition contradicts itself", "condition tự mâu thuẫn"
    HOLDS_OF_NOTHING = (
        "the condition can hold where nothing was met, and nothing would tell that",
        "condition có thể đúng khi không luật nào khớp, và không có gì cho biết điều đó",
    )
    LEAVE_ONE = "Take out one of those that exclude each other.", "Hãy bỏ một trong những điều loại trừ nhau."
    ASK_FOR_ONE = (
        "Join with `and` a rule that must be met.",
        "Hãy thêm, bằng `and`, một luật phải được gặp.",
    )
    UNEXPECTED = (
        "this was not expected in the condition of a correlation",
        "condition của luật tương quan không dùng được điều này",
    )
    MANY_WAYS = (
        "there are more than {most} ways to meet the condition",
        "có hơn {most} cách thỏa condition",
    )
    # What it refers to.
    CORRELATION_FAULTY = "the correlation {name!r} cannot be used itself", "luật tương quan {name!r} bản thân có lỗi"
    RULE_FAULTY = "the rule {name!r} cannot be used itself", "luật {name!r} bản thân có lỗi"
    TOLD_THERE = "What is wrong with it is told there.", "Lỗi của nó được báo ở đó."
    SEVERAL = "several rules are named {name!r}", "có nhiều luật tên {name!r}"
    BY_ID = "Refer to one by its id.", "Hãy tham chiếu bằng id."
    NO_RULE = "there is no rule {name!r}", "không có luật {name!r}"
    HOW_REFERRED = (
        "A rule is referred to by its `id` or its `name`.",
        "Luật được tham chiếu bằng `id` hoặc `name` của nó.",
    )
    CYCLE = "the correlations refer to each other: {told}", "các luật tương quan tham chiếu vòng tròn: {told}"
    BREAK_CYCLE = "Take one of the references out.", "Hãy bỏ một tham chiếu."
    NOT_CARRIED = (
        "{name!r} does not group by {field!r}: it carries {carried}",
        "{name!r} không gộp theo {field!r}: nó chỉ mang {carried}",
    )
    NOTHING = "nothing", "không gì cả"
    ADD_THERE = "Add it there, or an alias.", "Hãy thêm ở đó, hoặc thêm alias."
