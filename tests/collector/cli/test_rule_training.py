import json

from tramgac_collector import database, dictionaries
from tramgac_collector.schema import HostRow
from tramgac_wire.dictionary import Dictionary

from tests.collector.test_training import HOSTS, store
from tests.rules.authoring.importing.making import folder, rule
from tests.tools.console import Console, Run


def test_from_stored_batches_to_agents(running: Console, tramgac: Run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "own", {"a.yml": rule(1)})
    code, out, err = tramgac("rules", "train", "--to", "own")
    assert (code, out) == (1, "")
    assert "linux: no dictionary" in err
    assert "windows: no dictionary" in err
    paths = running.services.paths
    paths.log.mkdir(parents=True, exist_ok=True)
    store(paths, HOSTS)
    with database.session(running.engine) as s:
        values = {"hostname": "pc", "os_type": "linux", "agent_version": "0", "serial": "1", "enrolled": 1}
        s.add_all(HostRow(id=host, site="", **values) for host in HOSTS)
    code, out, err = tramgac("rules", "train", "--to", "own", "--json")
    told = json.loads(out)
    assert (code, told["system"], told["hosts"], told["events"]) == (0, "linux", 4, 800)
    made = Dictionary((tmp_path / "own/linux.dictionary").read_bytes())
    assert made.number == told["number"]
    assert "800 events of 4 hosts" in tramgac("rules", "train", "--to", "own")[1]
    assert tramgac("rules", "sign", "own", "--repository", "r", "--keys", "k")[0] == 0
    assert dictionaries.known(paths) == {}
    assert tramgac("rules", "push", "--repository", "r")[0] == 0
    assert list(dictionaries.known(paths)) == [made.number]
