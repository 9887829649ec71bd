import json

from tramgac_collector.demo.tail import tail


def log(tmp_path, *lines):
    path = tmp_path / "it.log"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_json_lines_are_said_in_words(tmp_path):
    said = {"event": "engine is open", "level": "info", "role": "engine", "timestamp": "2026-11-24", "port": 8123}
    assert tail(log(tmp_path, said)) == "engine info: engine is open port=8123"


def test_what_is_loud_drowns_the_rest(tmp_path):
    lines = [{"event": str(number), "level": "info"} for number in range(20)]
    worse = {"event": "cannot go on", "level": "error", "exception": "Traceback ...\n  File x\nOSError: disk full"}
    assert tail(log(tmp_path, *lines)).splitlines()[-1] == "info: 19"
    assert len(tail(log(tmp_path, *lines)).splitlines()) == 8
    assert tail(log(tmp_path, worse, "Killed", *lines)) == "error: cannot go on: OSError: disk full\nKilled"


def test_other_lines_stay_as_they_are(tmp_path):
    assert tail(log(tmp_path, "{broken", "[1]", '{"no": "event"}')) == '{broken\n[1]\n{"no": "event"}'


def test_no_log_says_nothing(tmp_path):
    assert tail(tmp_path / "none") == ""
