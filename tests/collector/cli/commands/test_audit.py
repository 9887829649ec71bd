import json

from tramgac_collector import audit, database
from tramgac_collector.cli.headings import Nothing

from tests.tools.console import Console, Run


def test_the_trail(running: Console, tramgac: Run):
    assert tramgac("audit")[1] == Nothing.AUDIT.en + "\n"
    with database.session(running.engine) as s:
        for number in range(3):
            audit.write(s, "an\x1b", "test", str(number), {}, running.clock())
    rows = [json.loads(line) for line in tramgac("audit", "--limit", "2", "--json")[1].splitlines()]
    assert [row["object"] for row in rows] == ["2", "1"]
    out = tramgac("audit")[1]
    assert out.split("\n")[0].split() == ["TIME", "WHO", "ACTION", "OBJECT"]
    assert "\x1b" not in out
    assert tramgac("audit", "--limit", "0")[0] == 2


def test_why_something_was_refused_stands_in_its_row(running: Console, tramgac: Run):
    with database.session(running.engine) as s:
        audit.write(s, "judge", "content.refused", "7", {"reason": "it is older\x1b"}, running.clock())
        audit.write(s, "an", "content.refused", "", {"reason": "no zip"}, running.clock())
    first, second = tramgac("audit")[1].splitlines()[1:]
    assert first.endswith("content.refused  -: no zip")
    assert second.endswith("content.refused  7: it is older\\x1b")


def test_of_how_many_the_trail_s_newest_are_shown(running: Console, tramgac: Run, monkeypatch):
    with database.session(running.engine) as s:
        for number in range(3):
            audit.write(s, "an", "test", str(number), {}, running.clock())
    cut = "These are the newest 2 of 3. --limit takes up to 1,000.\n"
    for more in ((), ("--json",)):
        status, out, err = tramgac("audit", "--limit", "2", *more)
        assert (status, err) == (0, cut)
        assert "newest" not in out
        assert tramgac("audit", "--limit", "3", *more)[2] == ""
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert tramgac("audit", "--limit", "2")[2].startswith("Đây là 2 dòng mới nhất trong tổng số 3.")
