import io
import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_collector.cli.terminal import columns, complain, json_line, shorten, table, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Đà Nẵng", "Đà Nẵng"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x9b2J", "\\x9b2J"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\u2066\u2069\u061c", "\\u2066\\u2069\\u061c"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("half \ud800", "half \\ud800"),
        ("C:\\Windows", "C:\\Windows"),
    ],
)
def test_what_hides_is_shown(text, shown):
    assert visible(text) == shown


@given(st.text())
def test_a_line_of_json_reads_back_the_same_and_hides_nothing(text):
    line = json_line({"Trạm": text})
    assert json.loads(line) == {"Trạm": text}
    assert visible(line) == line


@given(st.text())
def test_nothing_that_acts_is_left(text):
    assert all(character.isprintable() or character.isspace() for character in visible(text))
    assert not set(visible(text)) & {"\n", "\r", "\t", "\x1b"}
    visible(text).encode()


def test_a_table_aligns_and_its_last_column_is_free():
    out = io.StringIO()
    assert table([["a", "long \x1b"], ["bbb", None], ["", 7]], out) == 3
    assert out.getvalue() == "a    long \\x1b\nbbb\n     7\n"
    assert table([], out) == 0


def test_a_table_stands_below_its_heads_and_without_rows_there_is_none():
    out = io.StringIO()
    assert table([["x", 1], ["long name", 22]], out, heads=["TÊN", "ID"]) == 2
    assert out.getvalue() == "TÊN        ID\nx          1\nlong name  22\n"
    empty = io.StringIO()
    assert table([], empty, heads=["TÊN"]) == 0
    assert empty.getvalue() == ""


def test_columns_align_whatever_letters_are_made_of():
    assert [columns(text) for text in ("abc", "Đà Nẵng", unicodedata.normalize("NFD", "Đà Nẵng"), "日本")] == [
        3,
        7,
        7,
        4,
    ]
    out = io.StringIO()
    table([[unicodedata.normalize("NFD", "Huế"), "|"], ["日本", "|"], ["abcd", "|"]], out)
    assert {columns(line) for line in out.getvalue().splitlines()} == {7}


def test_long_values_are_cut():
    assert shorten("x" * 10, 4) == "xxx…"
    out = io.StringIO()
    table([["x" * 1000]], out)
    assert len(out.getvalue()) == 401


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_complaints_are_red_on_a_terminal_only(monkeypatch):
    for stream, variables, expected in (
        (Terminal(), {}, "\x1b[31mno\x1b[0m\n"),
        (Terminal(), {"NO_COLOR": "1"}, "no\n"),
        (io.StringIO(), {}, "no\n"),
    ):
        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stderr", stream)
        complain("no")
        assert stream.getvalue() == expected
