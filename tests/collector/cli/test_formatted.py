import json

import pytest
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.formatted import known, write_events

from tests.collector.export import made, readers


def rows():
    return [{name: value for name, value in record.row.items() if name != "hostname"} for record in made.events()]


def test_events_are_written_as_exports_have_them(capsys):
    write_events(rows(), "ecs", {made.HOST: "pc-17"})
    lines = capsys.readouterr().out.rstrip("\n").split("\n")
    assert len(lines) == len(rows())
    assert json.loads(lines[0])["host"]["name"] == "pc-17"
    write_events(rows()[:1], "syslog", {})
    assert readers.syslog(capsys.readouterr().out.rstrip("\n").encode()).kind == "process_start"


def test_what_is_no_event_and_no_format_is_refused():
    with pytest.raises(Misuse, match="leave out what counts"):
        write_events([{"value": "a", "count": 2}], "ecs", {})
    with pytest.raises(Misuse, match="there are: syslog, cef, ecs, ocsf"):
        known("xml")
    assert known("cef") == "cef"
