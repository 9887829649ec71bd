import json

from tramgac_collector.cli.options import show, write


def test_one_object_is_one_line_with_letters_as_they_are(capsys):
    write({"name": "Đà Nẵng\n\x1b"})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"name": "Đà Nẵng\n\x1b"}
    assert "Đà Nẵng" in out
    assert "\x1b" not in out


def test_rows_as_lines_or_as_a_table(capsys):
    rows = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    show(rows, lambda row: [row["a"]], json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == rows
    show(rows, lambda row: [row["a"]], json=False)
    assert capsys.readouterr().out == "1\n3\n"
