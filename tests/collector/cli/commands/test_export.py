import json

import pytest
from tramgac_collector import database
from tramgac_collector.config import CollectorConfig
from tramgac_collector.export import notes, places
from tramgac_collector.export.notes import Note
from tramgac_collector.export.places import Place
from tramgac_collector.initialise import initialise

from tests.collector.export.sources.test_outbox import raise_one
from tests.collector.export.test_settings import FILE, TCP
from tests.tools.console import Console, Run


def test_list(running: Console, tramgac: Run, monkeypatch):
    path = running.services.paths.export_settings
    assert tramgac("export", "list") == (0, f"{path} names no target; docs/operating.md shows some.\n", "")
    path.write_text(FILE + "manual = true\n" + TCP)
    heads, diode, siem = tramgac("export", "list")[1].splitlines()
    assert heads.split() == ["NAME", "WHAT", "FORMAT", "TO", "BY", "HAND"]
    assert diode.split() == ["diode", "alerts", "ocsf", "/srv/out", "✓"]
    assert siem.split()[-1] == "tls:siem.example.vn:6514"
    assert json.loads(tramgac("export", "list", "--json")[1].splitlines()[0])["folder"] == "/srv/out"
    path.write_text("x = 1")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, _, err = tramgac("export", "list")
    assert (status, "không có thiết lập này" in err) == (1, True)


def test_check(running: Console, tramgac: Run, tmp_path):
    paths = running.services.paths
    assert tramgac("export", "check")[0] == 0
    (tmp_path / "out").mkdir()
    paths.export_settings.write_text(FILE.replace("/srv/out", str(tmp_path / "out")))
    assert tramgac("export", "check") == (0, "✓  diode  reached\n", "")
    paths.export_settings.write_text(FILE.replace("/srv/out", str(tmp_path / "nowhere")))
    status, out, _ = tramgac("export", "check", "--json")
    assert (status, json.loads(out)["ok"], str(tmp_path) in json.loads(out)["why"]) == (1, False, True)


def test_status(running: Console, tramgac: Run, now, monkeypatch):
    paths = running.services.paths
    assert "names no target" in tramgac("export")[1]
    paths.export_settings.write_text(FILE)
    with database.session(running.engine) as s:
        places.begin(s, "diode", "alerts", Place(time=now), now)
        places.begin(s, "old", "alerts", Place(), now)
    notes.leave(paths, [Note("diode", "away", 0, "no folder", "không có thư mục", now)], None, now)
    heads, diode, old = tramgac("export", "status")[1].splitlines()
    assert heads.split()[:4] == ["NAME", "WHAT", "STATE", "SENT"]
    assert (diode.split()[:3], diode.endswith("no folder")) == (["diode", "alerts", "away"], True)
    assert old.endswith("no longer in the file")
    rows = [json.loads(line) for line in tramgac("export", "--json")[1].splitlines()]
    assert [row["name"] for row in rows] == ["diode", "old"]
    paths.export_settings.write_text("x = ")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    status, _, err = tramgac("export", "status")
    assert (status, "không phải TOML" in err) == (1, True)


@pytest.fixture
def initialised(running: Console):
    initialise(running.services.paths, CollectorConfig())
    return running.services.paths


def test_run_once(initialised, running: Console, tramgac: Run, now, tmp_path):
    (folder := tmp_path / "out").mkdir()
    initialised.config.write_text("log_segment_bytes = 65536\nminimum_free_bytes = 0\n")
    text = FILE.replace("/srv/out", str(folder)) + 'since = "all"\n'
    initialised.export_settings.write_text(text)
    assert tramgac("export", "run")[0] == 2
    assert tramgac("export", "run", "--once")[0] == 2  # none is manual
    assert "set manual = true" in tramgac("export", "run", "--once", "diode")[2]
    assert "it has: diode" in tramgac("export", "run", "--once", "siem")[2]
    initialised.export_settings.write_text(text + "manual = true\n")
    raise_one(running.engine, 1, now)
    assert tramgac("export", "run", "--once") == (0, "diode: 1 exported\n", "")
    raise_one(running.engine, 2, now)
    done = json.loads(tramgac("export", "run", "--once", "diode", "--json")[1])
    assert done == {"target": "diode", "ok": True, "sent": 1, "refused": 0, "gaps": 0}
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    raise_one(running.engine, 3, now)
    status, out, err = tramgac("export", "run", "--once")
    assert (status, out, str(folder) in err) == (1, "diode: 0 exported\n", True)
