import sys

import pytest
from tramgac_rules.columns import Asked, Column, Entry, Keywords
from tramgac_rules.evaluate import MAX_VALUE, compile_node
from tramgac_rules.memory import MEMO_LENGTH, Memory
from tramgac_rules.operators import END, START
from tramgac_rules.tree import Atom, Not


def asked(positive, entries, *refusals):
    made = Asked(positive=positive, refusals=list(refusals))
    made.entries.update({literal: Entry(*entry) for literal, entry in entries.items()})
    return made


def look(column, value):
    return column.young.get(value) or column.miss(value)


WHO = {"who": (0b001, 0), "ami" + END: (0b010, 0b1000), START + "x" + END: (0b001, 0)}


def test_a_value_leaves_the_rules_whose_literals_it_holds():
    column = Column("A", 0b111, asked(0b011, WHO), Memory())
    assert look(column, "WHOAMI") == (0b111, 0b1000)
    assert look(column, "whoami2") == (0b101, 0)
    assert look(column, "x") == (0b101, 0)
    assert look(column, ("x", "ami")) == (0b111, 0b1000)
    assert look(column, "") == look(column, None) == (0b100, 0)


def test_ends_of_a_value_are_not_to_be_had_by_writing_them():
    column = Column("A", 0b11, asked(0b11, WHO), Memory())
    assert look(column, f"1{START}x{END}2") == (0, 0)
    assert look(column, f"ami{END}") == (0, 0)


def test_a_refusal_holds_until_one_of_its_literals_makes_it_fail():
    test = compile_node(Not(Atom("A", "endswith", ".exe")))
    column = Column("A", 0b1, asked(0, {".exe": (0, 0, [0])}, (0b1, test)), Memory())
    assert look(column, None) == look(column, "x") == look(column, ".exe.txt") == (1, 0)
    assert look(column, "a.EXE") == look(column, ("a", "b.exe")) == (0, 0)


def test_memory_is_bounded_whatever_comes():
    memory = Memory(limit=20_000)
    first = Column("A", 0b1, asked(0b1, {"a": (1, 0)}), memory)
    second = Column("B", 0b1, asked(0b1, {"a": (1, 0)}), memory)
    for number in range(3_000):
        for column in (first, second):
            assert look(column, f"{number}a") == (1, 0)
            assert look(column, f"{number}a") == (1, 0)
    look(first, "b" * (MEMO_LENGTH + 1))
    assert len(first.young) + len(second.young) < 110
    assert all(len(value or "") <= MEMO_LENGTH for value in first.young)


def test_what_is_asked_for_again_is_still_known_after_a_turn():
    column = Column("A", 0b1, asked(0b1, {"a": (1, 0)}), Memory())
    bits = column.miss("ab")
    column.turn()
    assert "ab" not in column.young
    assert column.miss("ab") is bits
    assert "ab" in column.young


def test_keywords_are_found_in_any_value_and_nothing_is_remembered():
    keywords = Keywords(0b11, asked(0b1, {"mimi": (0b1, 0), START + "x": (0b1, 0)}), Memory())
    plain, found = (0b10, 0), (0b11, 0)
    for values, bits in (
        (["clean value", "yx"], plain),
        ([], plain),
        (["clean value", ("a", "a MIMIkatz")], found),
        (["clean value", "a mimikatz"], found),
        (["mi", "mi"], plain),
        (["a", "xa"], found),
        (["b" * MAX_VALUE, "mimi"], found),
        ([("a", "mi"), "mi"], plain),
    ):
        assert keywords.look_everywhere(values) == bits, values
    assert list(keywords.young) == [None]


def test_what_is_longer_than_what_is_looked_at_is_counted():
    memory = Memory()
    column = Column("A", 0b1, asked(0b1, {"a": (1, 0)}), memory)
    keywords = Keywords(0b1, asked(0b1, {"mimi": (0b1, 0)}), memory)
    column.look_all(["b" * MAX_VALUE, "b" * 2_000, "b", None, ("b", "c" * MAX_VALUE)])
    keywords.look_everywhere(["b" * MAX_VALUE, "b"])
    assert memory.long == 0
    column.look_all(["b" * MAX_VALUE + "a", ("b", "b" * MAX_VALUE + "a")])
    keywords.look_everywhere(["b", "b" * MAX_VALUE + "mimi", ("c" * MAX_VALUE + "mimi",)])
    assert memory.long == 4


@pytest.mark.parametrize(("literal", "value", "held"), [
    ("mimi", "MİMI", False), ("mi\u0307mi", "MİMI", True), ("kiwi", "\u212aIWI", True), ("é", "É", True),
    ("é", "e", False), ("aéb", "AÉB", True), ("aéb", "aeb", False),
])  # fmt: skip
def test_keywords_are_found_in_whatever_case(literal, value, held):
    keywords = Keywords(0b1, asked(0b1, {literal: (0b1, 0)}), Memory())
    assert keywords.look_everywhere(["®", value]) == (int(held), 0)


def test_nothing_else_than_what_is_known_becomes_ascii():
    lower = ((char, char.lower()) for char in map(chr, range(0x80, sys.maxunicode + 1)))
    assert {char for char, low in lower if min(low) < "\x80"} == {"\u0130", "\u212a"}
