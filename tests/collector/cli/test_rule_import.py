import json

import pytest

from tests.rules.authoring.importing.making import folder, rule, small, tarred
from tests.tools.console import Run


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.chdir(tmp_path)


def test_what_was_taken_and_what_not_and_why(tramgac: Run, tmp_path):
    folder(tmp_path / "sigma", small())
    status, out, err = tramgac("rules", "import", "sigma", "--to", "imported")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "rules/linux/broken.yml:10:5: error: the modifier 'endswit' is unknown [modifier] Did you mean 'endswith'?",
        (
            "rules/linux/over.yml:1:1: error: its authors gave it up (status: deprecated) [status] "
            "Look for what took its place."
        ),
        "Not looked at, since they hold no rules in force: . (1), .github (1), deprecated (1), tests (1).",
        (
            "Took 3 rules in 3 files into imported; licence: DRL-1.1. Left out, above: 2. "
            "They begin under watch. Next: tramgac rules sign imported ..., tramgac rules push"
        ),
    ]


def test_for_programs(tramgac: Run, tmp_path):
    tarred(tmp_path / "sigma.tgz", {f"sigma-r1/{name}": data for name, data in small().items()})
    status, out, _ = tramgac("rules", "import", "sigma.tgz", "--json")
    *left, last = map(json.loads, out.splitlines())
    assert (status, [row["kind"] for row in left]) == (0, ["modifier", "status"])
    assert set(left[0]) == {"path", "line", "column", "severity", "kind", "message", "advice"}
    assert (last["rules"], last["files"], last["left"], last["to"]) == (3, 3, 2, "imported-rules")
    written = json.loads((tmp_path / "imported-rules/tramgac-import.json").read_text())
    assert written.items() >= last["manifest"].items()


def test_what_is_taken_begins_under_watch_when_it_is_signed(tramgac: Run, tmp_path):
    folder(tmp_path / "sigma", small())
    folder(tmp_path / "own", {"own.yml": rule(9)})
    tramgac("rules", "import", "sigma")
    sign = ["rules", "sign", "imported-rules", "own", "--repository", "r", "--keys", "k"]
    assert "3 of the rules begin under watch" in tramgac(*sign)[1]
    told = json.loads(tramgac(*sign, "--json")[1])
    assert (told["rules"], told["watched"]) == (4, 3)


@pytest.mark.parametrize(
    ("source", "said"),
    [("absent", "no such file or folder"), ("empty", "holds no rule"), ("text", "no zip or tar that can be read")],
)
def test_what_is_no_source(tramgac: Run, tmp_path, source, said):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("hello")
    status, out, err = tramgac("rules", "import", source, "--to", "x")
    assert (status, out, said in err) == (1, "", True)
    assert not (tmp_path / "x").exists()


def test_in_vietnamese(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    folder(tmp_path / "sigma", small())
    out = tramgac("rules", "import", "sigma")[1]
    assert "rules/linux/over.yml:1:1: lỗi: tác giả đã bỏ luật này (status: deprecated) [status]" in out
    assert "Đã lấy 3 luật trong 3 tệp vào imported-rules; giấy phép: DRL-1.1. Bỏ lại, nêu ở trên: 2." in out
    (tmp_path / "text").write_text("hello")
    assert "không phải zip hay tar đọc được" in tramgac("rules", "import", "text", "--to", "x")[2]


def test_somebodys_own_folder_is_left_alone(tramgac: Run, tmp_path):
    folder(tmp_path / "sigma", small())
    folder(tmp_path / "imported-rules", {"mine.yml": rule(7)})
    status, _, err = tramgac("rules", "import", "sigma")
    assert (status, "choose another with --to" in err) == (1, True)


def test_rules_without_a_licence_are_said(tramgac: Run, tmp_path):
    folder(tmp_path / "sigma", {"rules/a.yml": rule(1)})
    status, _, err = tramgac("rules", "import", "sigma")
    assert (status, "find out whether you may use them" in err) == (0, True)


def test_a_folder_that_cannot_be_written(tramgac: Run, tmp_path):
    folder(tmp_path / "sigma", small())
    (tmp_path / "file").write_text("")
    status, _, err = tramgac("rules", "import", "sigma", "--to", "file/x")
    assert (status, "cannot be used" in err) == (1, True)
