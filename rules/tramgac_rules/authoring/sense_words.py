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
