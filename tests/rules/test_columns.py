from tramgac_rules import columns
from tramgac_rules.columns import Column, Keywords
from tramgac_rules.operators import END, START


def test_a_value_leaves_the_rules_whose_literals_it_holds():
    column = Column(0b100, {"who": (0b001, 0), "ami" + END: (0b010, 0b1000), START + "x" + END: (0b001, 0)})
    assert column.look("WHOAMI") == (0b111, 0b1000)
    assert column.look("whoami2") == (0b101, 0)
    assert column.look("x") == (0b101, 0)
    assert column.look(("x", "ami")) == (0b111, 0b1000)
    assert column.look("") == column.absent == (0b100, 0)


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(columns, "MEMO_ENTRIES", 10)
    column = Column(0, {"a": (1, 0)})
    for number in range(95):
        assert column.look(f"{number}a") == (1, 0)
        assert column.look(f"{number}a") == (1, 0)
    column.look("b" * (columns.MEMO_LENGTH + 1))
    assert len(column._young) + len(column._old) <= 20
    assert all(len(value) <= columns.MEMO_LENGTH for value in column._young)


def test_keywords_are_found_in_any_value_and_clean_ones_are_remembered(monkeypatch):
    monkeypatch.setattr(columns, "MEMO_ENTRIES", 3)
    keywords = Keywords(0b10, {"mimi": (0b1, 0)})
    assert keywords.look_everywhere(["clean value", "x"]) == (0b10, 0)
    assert keywords.look_everywhere(["clean value", "a MIMIkatz"]) == (0b11, 0)
    for number in range(20):
        assert keywords.look_everywhere([f"value {number}"]) == (0b10, 0)
    assert len(keywords._clean) <= 4
