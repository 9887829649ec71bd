import ast
import re
from pathlib import Path

import pytest
from tramgac_collector.cli import doctor_names
from tramgac_collector.cli.doctor_names import Looked, called

FOLDER = Path(doctor_names.__file__).parent


def checks() -> set[str]:
    """The names of checks in the doctor's sources: first in a row or a Finding; of one with a file its first word."""
    found = set()
    for name in ("doctor.py", "doctor_running.py", "doctor_exceptions.py"):
        tree = ast.parse((FOLDER / name).read_text("utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Tuple(elts=[_, ast.Constant(value=str()), _]):
                    pass  # words
                case ast.Call(func=ast.Name(id="Finding" | "_asked"), args=[first, *_]) | ast.Tuple(elts=[first, _, _]):
                    found |= set(_name(first))
                case ast.Assign(targets=[ast.Name(id="check")], value=value):
                    found |= set(_name(value))
    return found


def _name(node: ast.expr):
    match node:
        case ast.Constant(value=str(name)):
            yield name
        case ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]):
            yield name.split(" ")[0]


def test_every_check_has_a_name_in_both_languages_and_none_stands_idle():
    assert checks() == {name.en for name in Looked}


@pytest.mark.parametrize(
    ("check", "shown"),
    [
        ("disk", "đĩa"),
        ("set aside", "để riêng"),
        ("role gateway", "vai trò gateway"),
        ("certificate ca.pem", "chứng thư ca.pem"),
        ("of a later version", "of a later version"),
        ("lagging", "lagging"),
    ],
)
def test_names_for_people_and_for_programs(check, shown, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert called(check) == shown
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert called(check) == check


def test_no_sentence_of_the_command_line_stands_outside_a_set_of_pairs():
    """Whoever writes one in English alone is told here: two words side by side, but for names of commands."""
    found = {}
    for path in sorted(FOLDER.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        apart = {id(inner) for node in ast.walk(tree) if _apart(node) for inner in ast.walk(node)}
        for node in ast.walk(tree):
            match node:
                case ast.Constant(value=str(text)) if id(node) not in apart and re.search(r"[a-z]{2} [a-z]{2}", text):
                    found[text] = f"{path.name}:{node.lineno}"
    assert found.keys() <= {name.en for name in Looked} | OTHERWISE, found


OTHERWISE = {
    "collector backup", "collector restore", "collector run", "export run --once", "tramgac match", "not take",
    r".* extra arguments?(?:\(s\))? \((.*)\)",
}  # fmt: skip
"""Names of commands, and what typer says."""


def _apart(node: ast.AST) -> bool:
    match node:
        case ast.ClassDef(bases=[ast.Name(id="Pair")]) | ast.Expr(value=ast.Constant()):
            return True
    return False
