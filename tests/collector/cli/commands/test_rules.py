import json
from pathlib import Path

import pytest

from tests.tools.console import Console, Run

RULE = (
    "title: Shell\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\n"
    "logsource: {category: process_creation, product: linux}\n"
    "detection: {s: {Image|endswith: /sh}, condition: s}\n"
)


@pytest.fixture
def good(tmp_path) -> Path:
    path = tmp_path / "good.yml"
    path.write_text(RULE)
    return path


@pytest.fixture
def bad(tmp_path) -> Path:
    path = tmp_path / "bad\x1b.yml"
    path.write_text(RULE.replace(", condition: s", "").replace("1111-1", "2222-2"))
    return path


def test_check(tramgac: Run, good, bad, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    assert tramgac("rules", "check", str(good)) == (0, "1 rules, 0 problems\n", "")
    status, out, _ = tramgac("rules", "check", str(good), str(bad))
    assert status == 1
    assert "\x1b" not in out
    assert "bad\\x1b.yml:" in out
    status, out, _ = tramgac("rules", "check", "--json", str(good), str(bad))
    *problems, summary = [json.loads(line) for line in out.splitlines()]
    assert summary == {"rules": 1, "problems": 1, "errors": 1}
    assert {"path", "line", "column", "severity", "kind", "message", "advice"} == set(problems[0])
    assert tramgac("rules", "check", "absent")[0] == 1
    assert tramgac("rules", "check")[0] == 2


def test_everything_wrong_is_said_at_once_with_its_place_and_the_good_loads(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "good.yml": RULE,
        "condition.yml": RULE.replace(", condition: s", "").replace("1111-1", "2222-2"),
        "modifier.yml": RULE.replace("endswith", "endswit").replace("1111-1", "3333-3"),
        "syntax.yml": "title: [\n",
        "lens.yar": "rule bad {\n  condition: nothing\n}\n",
    }.items():
        (tmp_path / name).write_text(text)
    mend = "Mend this place or the line above it; what follows it in the file was not read."
    status, out, _ = tramgac("rules", "check", ".")
    assert status == 1
    assert out.splitlines() == [
        "condition.yml:5:12: error: the rule has no condition [condition] Add `condition:` that names its selections.",
        'lens.yar:2:1: error: does not compile: undefined identifier "nothing" [yara]',
        "modifier.yml:5:17: error: the modifier 'endswit' is unknown [modifier] Did you mean 'endswith'?",
        f"syntax.yml:2:1: error: not YAML: did not find expected node content [yaml] {mend}",
        "1 rules, 4 problems",
    ]


def test_sign_push_list(running: Console, tramgac: Run, good, tmp_path):
    repository = str(tmp_path / "repository")
    sign = ["rules", "sign", str(good), "--repository", repository, "--keys", str(tmp_path / "keys")]
    assert tramgac(*sign, "--json")[1] == json.dumps({"version": 1, "repository": repository, "rules": 1}) + "\n"
    assert tramgac("rules", "push", "--repository", repository, "--json") == (0, '{"version": 1}\n', "")
    assert json.loads(tramgac("rules", "list", "--json")[1])["title"] == "Shell"
    assert "Shell" in tramgac("rules", "list")[1]
    status, _, err = tramgac("rules", "push", "--repository", repository)
    assert status == 1
    assert "not newer" in err


def test_errors_stop_a_signing(tramgac: Run, good, bad, tmp_path):
    sign = ["rules", "sign", str(good), str(bad), "--repository", str(tmp_path / "r"), "--keys", str(tmp_path / "k")]
    status, out, err = tramgac(*sign)
    assert (status, out) == (1, "")
    assert "--skip-faulty" in err
    assert tramgac(*sign, "--skip-faulty")[0] == 0


@pytest.fixture
def feed(tmp_path) -> Path:
    path = tmp_path / "feed\x1b.csv"
    path.write_text("value,type\nevil.example,\nEVIL.example,\nzz,md5\n")
    return path


def test_check_with_lists(tramgac: Run, good, feed, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    status, out, _ = tramgac("rules", "check", "--indicators", str(feed))
    assert status == 1
    assert "\x1b" not in out
    assert "feed\\x1b.csv:4:1: error: 'zz' is no MD5 [value] 32 hexadecimal digits are one." in out
    assert out.endswith("0 rules, 1 problems\n1 indicators; 1 entries more were given before and put together\n")
    status, out, _ = tramgac("rules", "check", "--json", str(good), "--indicators", str(feed))
    assert json.loads(out.splitlines()[-1]) == {
        "rules": 1, "problems": 1, "errors": 1, "indicators": 1, "duplicates": 1,
    }  # fmt: skip
    assert tramgac("rules", "check", "--indicators", "absent")[0] == 1


def test_sign_with_lists(tramgac: Run, good, feed, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    sign = ["rules", "sign", str(good), "--repository", str(tmp_path / "r"), "--keys", str(tmp_path / "k")]
    lists = ["--indicators", str(feed), "--skip-faulty"]
    assert tramgac(*sign, *lists[:2])[0] == 1
    assert json.loads(tramgac(*sign, *lists, "--json")[1]) == {
        "version": 1, "repository": str(tmp_path / "r"), "rules": 1, "indicators": 1, "duplicates": 1,
    }  # fmt: skip
    assert "indicators of the version before stay" in tramgac(*sign)[1]
    assert "indicators" not in tramgac(*sign, "--no-indicators")[1]
    status, _, err = tramgac(*sign, *lists, "--no-indicators")
    assert (status, "exclude each other" in err) == (2, True)


def test_what_is_no_repository(running: Console, tramgac: Run, tmp_path):
    assert tramgac("rules", "push", "--repository", str(tmp_path))[0] == 1
    assert tramgac("rules", "push", "--repository", str(tmp_path / "absent"))[0] == 1
    assert tramgac("rules", "push")[0] == 2
