import json

from tramgac_collector.cli.headings import Heading, Nothing
from tramgac_collector.cli.options import done, show, write
from tramgac_collector.cli.words import Word


def test_one_object_is_one_line_with_letters_as_they_are(capsys):
    write({"name": "Đà Nẵng\n\x1b"})
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"name": "Đà Nẵng\n\x1b"}
    assert "Đà Nẵng" in out
    assert "\x1b" not in out


def test_what_was_done_as_a_line_or_a_sentence(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    done({"id": 7}, Word.TOKEN_REVOKED, json=True, id=7)
    done({"id": 7}, Word.TOKEN_REVOKED, json=False, id=7)
    assert capsys.readouterr().out == '{"id": 7}\nToken 7 revoked.\n'


def test_rows_as_lines_or_as_a_table(capsys):
    rows = [{"a": 1, "b": 2}, {"a": 3, "b": 4}]
    show(rows, lambda row: [row["a"]], json=True)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == rows
    show(rows, lambda row: [row["a"]], json=False)
    assert capsys.readouterr().out == "1\n3\n"


def test_heads_and_what_is_said_of_nothing_are_for_people_alone(capsys, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    told = {"heads": (Heading.ID, Heading.NAME), "empty": Nothing.HOSTS}
    show([{"a": 1}], lambda row: [row["a"], "x"], json=False, **told)
    assert capsys.readouterr().out == "MÃ  TÊN\n1   x\n"
    show([], lambda row: [row["a"], "x"], json=False, **told)
    assert capsys.readouterr().out == Nothing.HOSTS.vi + "\n"
    show([], lambda row: [row["a"], "x"], json=True, **told)
    assert capsys.readouterr().out == ""
