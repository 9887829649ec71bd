import json

from tramgac_collector.demo.report import Report


def test_json_is_one_object_a_line(capsys):
    report = Report(as_json=True)
    assert report.say("setup", True, seconds=1.5, url="http://x/")
    assert not report.say("page", False, status=500)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        {"check": "setup", "ok": True, "seconds": 1.5, "url": "http://x/"},
        {"check": "page", "ok": False, "status": 500},
    ]
    assert report.failed == ["page"]


def test_people_get_a_line(capsys):
    Report(as_json=False).say("page", True, status=200, bytes=7)
    assert capsys.readouterr().out.startswith("✓ ")


def test_notes_are_for_people_alone(capsys):
    Report(as_json=True).tell("stopping")
    Report(as_json=False).tell("stopping")
    assert capsys.readouterr().out == "· Stopping…\n"


def test_what_did_not_hold_is_said_so(capsys):
    Report(as_json=False).say("page", False, status=500, bytes=7)
    assert capsys.readouterr().out.startswith("✗ The page does not come as it should")
