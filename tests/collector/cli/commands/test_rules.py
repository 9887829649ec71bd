import json
from datetime import timedelta
from pathlib import Path

import pytest
from tramgac_collector import content, database
from tramgac_collector.cli.times import local
from tramgac_rules.authoring import build_bundle, sign

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
    well = "1 rule, 0 correlations, 0 YARA files; 0 problems: 0 errors, 0 warnings, 0 notes\n"
    assert tramgac("rules", "check", str(good)) == (0, well, "")
    status, out, _ = tramgac("rules", "check", str(good), str(bad))
    assert status == 1
    assert "\x1b" not in out
    assert "bad\\x1b.yml:" in out
    status, out, _ = tramgac("rules", "check", "--json", str(good), str(bad))
    *problems, summary = [json.loads(line) for line in out.splitlines()]
    assert summary == {"rules": 1, "correlations": 0, "yara": 0, "problems": 1, "errors": 1, "warnings": 0, "notes": 0}
    assert {"path", "line", "column", "severity", "kind", "message", "advice"} == set(problems[0])
    assert tramgac("rules", "check", "absent")[0] == 1
    assert tramgac("rules", "check")[0] == 2


def test_correlations_are_counted_beside_the_rules_they_refer_to(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    path = Path(__file__).parents[4] / "rules/content/sigma/windows/correlations/account_for_a_moment.yml"
    well = "2 rules, 1 correlation, 0 YARA files; 0 problems: 0 errors, 0 warnings, 0 notes\n"
    assert tramgac("rules", "check", str(path)) == (0, well, "")


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
    mend = "Write it, close the bracket before it, or put it in quotes. What follows it in the file was not read."
    name = "Import the module that it is of, or write the rule before this one."
    status, out, _ = tramgac("rules", "check", ".")
    assert status == 1
    assert out.splitlines() == [
        "condition.yml:5:12: error: the rule has no condition [condition] Add `condition:` that names its selections.",
        f"lens.yar:2:14: error: does not compile: the name nothing is unknown [yara] {name}",
        "modifier.yml:5:17: error: the modifier 'endswit' is unknown [modifier] Did you mean 'endswith'?",
        f"syntax.yml:2:1: error: not YAML: a value is expected here [yaml] {mend}",
        "1 rule, 0 correlations, 0 YARA files; 4 problems: 4 errors, 0 warnings, 0 notes",
    ]


def test_a_warning_lets_the_rule_in(tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yml").write_text(RULE.replace("Image|", "Imagee|"))
    said = "no event of the log source linux, process_creation has a field 'Imagee' [field] Did you mean 'Image'?"
    well = "1 rule, 0 correlations, 0 YARA files; 1 problem: 0 errors, 1 warning, 0 notes\n"
    assert tramgac("rules", "check", "a.yml")[:2] == (0, f"a.yml:5:17: warning: {said}\n{well}")


@pytest.mark.parametrize("empty", ["empty", "notes"])
def test_where_no_rule_is_nothing_is_checked_or_signed(tramgac: Run, tmp_path, monkeypatch, empty):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/notes.txt").write_text("no rule")
    status, _, err = tramgac("rules", "check", empty)
    assert (status, err) == (
        1, f"There is no rule in {empty}. A rule is a file *.yml or *.yaml (Sigma), *.yar or *.yara (YARA).\n"
    )  # fmt: skip
    assert tramgac("rules", "sign", empty, "--repository", "r", "--keys", "k") == (1, "", err)
    assert not (tmp_path / "r").exists()
    assert not (tmp_path / "k").exists()


def test_a_new_key_is_told_where_it_is_and_how_long_the_signature_holds(tramgac: Run, good, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    sign = ["rules", "sign", str(good), "--repository", "r", "--keys", "k"]
    status, out, _ = tramgac(*sign)
    first, second = out.splitlines()
    assert status == 0
    assert first.startswith("Signed version 1 into r. Valid until 20")
    assert second.startswith(f"A new author's key was made: {tmp_path}/k/author.pem. Keep it offline")
    assert "A new" not in tramgac(*sign)[1]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "Có hiệu lực đến 20" in tramgac(*sign)[1]


def test_a_push_says_until_when_and_warns_when_that_is_soon(
    running: Console, tramgac: Run, good, tmp_path, monkeypatch
):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    built = build_bundle([good], [], 1)
    sign(Path("r"), Path("k"), built.bundle, built.about, built.sources, valid=timedelta(days=7, hours=1))
    status, out, err = tramgac("rules", "push", "--repository", "r")
    assert status == 0
    assert out.startswith("The collector offers version 1 now. Valid until 20")
    assert "in 7 days" in err
    assert "in 7 days" in tramgac("rules", "list")[2]
    assert "in 7 days" in tramgac("rules")[1]


def test_the_status_tells_what_was_refused(running: Console, tramgac: Run, good, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    status, out, _ = tramgac("rules")
    assert (status, out[:27]) == (0, "No content was pushed yet, ")
    tramgac("rules", "sign", str(good), "--repository", "r", "--keys", "k")
    assert tramgac("rules", "push", "--repository", "r")[0] == 0
    with database.session(running.engine) as s:
        content.record_role(s, "judge", version=2, refused=3, reason="does not load", now=running.clock())
    for words in (("rules",), ("rules", "status")):
        at = local("2026-09-21T14:13:20Z")
        assert f"judge refused version 3 at {at}: does not load\n" in tramgac(*words)[1]
        (judge,) = json.loads(tramgac(*words, "--json")[1])["roles"]
        assert (judge["refused"], judge["reason"], judge["time"]) == (3, "does not load", "2026-09-21T14:13:20Z")
    status, out, err = tramgac("rules", "list")
    assert (status, "Shell" in out) == (0, True)
    assert "judge refused version 3" in err


def test_sign_push_list(running: Console, tramgac: Run, good, tmp_path):
    repository = str(tmp_path / "repository")
    sign = ["rules", "sign", str(good), "--repository", repository, "--keys", str(tmp_path / "keys")]
    made = json.loads(tramgac(*sign, "--json")[1])
    expires = made.pop("expires")
    assert expires.endswith("Z")
    key = str(tmp_path / "keys/author.pem")
    assert made == {"version": 1, "repository": repository, "rules": 1, "watched": 0, "yara": 0, "new_key": key}
    status, out, err = tramgac("rules", "push", "--repository", repository, "--json")
    assert (status, json.loads(out), err) == (0, {"version": 1, "expires": expires}, "")
    assert json.loads(tramgac("rules", "status", "--json")[1])["expires"] == expires
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
    assert out.endswith(
        "0 rules, 0 correlations, 0 YARA files; 1 problem: 1 error, 0 warnings, 0 notes\n"
        "1 indicator; 1 entry more was given before and put together\n"
    )
    status, out, _ = tramgac("rules", "check", "--json", str(good), "--indicators", str(feed))
    assert json.loads(out.splitlines()[-1]) == {
        "rules": 1, "correlations": 0, "yara": 0, "problems": 1, "errors": 1, "warnings": 0, "notes": 0,
        "indicators": 1, "duplicates": 1,
    }  # fmt: skip
    assert tramgac("rules", "check", "--indicators", "absent")[0] == 1


def test_sign_with_lists(tramgac: Run, good, feed, tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")
    sign = ["rules", "sign", str(good), "--repository", str(tmp_path / "r"), "--keys", str(tmp_path / "k")]
    lists = ["--indicators", str(feed), "--skip-faulty"]
    assert tramgac(*sign, *lists[:2])[0] == 1
    told = json.loads(tramgac(*sign, *lists, "--json")[1])
    assert told.items() >= {"version": 1, "rules": 1, "yara": 0, "indicators": 1, "duplicates": 1}.items()
    assert "indicators of the version before stay" in tramgac(*sign)[1]
    assert "indicators" not in tramgac(*sign, "--no-indicators")[1]
    status, _, err = tramgac(*sign, *lists, "--no-indicators")
    assert (status, "exclude each other" in err) == (2, True)


def test_what_is_no_repository(running: Console, tramgac: Run, tmp_path):
    assert tramgac("rules", "push", "--repository", str(tmp_path))[0] == 1
    assert tramgac("rules", "push", "--repository", str(tmp_path / "absent"))[0] == 1
    assert tramgac("rules", "push")[0] == 2
