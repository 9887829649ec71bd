import json
import shutil
from contextlib import contextmanager

import pytest
from tramgac_collector import database, hosts, proofs, tokens
from tramgac_collector.config import CollectorConfig
from tramgac_collector.initialise import initialise
from tramgac_collector.paths import StatePaths

from tests.collector.proof.logs import Host, alter, open_log
from tests.tools.console import Run


@pytest.fixture
def stands(running, monkeypatch) -> tuple[StatePaths, Host]:
    """A collector with a host's six events, signed."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    paths, host = running.services.paths, Host()
    initialise(paths, CollectorConfig())
    with database.session(running.services.engine) as s:
        secret, _ = tokens.create(s, site="here", uses=1, ttl_s=600, by="test", now=1)
        hosts.enrol(s, host.id, "pc-1", "linux", "1", "1", tokens.redeem(s, secret, 1), 1)
    log = open_log(paths)
    for _ in range(2):
        host.send(log)
    host.sign(log)
    log.close()
    with database.session(running.services.engine) as s:
        proofs.keep(s, [host.said()])
    return paths, host


def test_a_log_is_proven_and_its_copy_too(tramgac: Run, stands, tmp_path):
    paths, host = stands
    status, out, _ = tramgac("collector", "verify")
    assert (status, "No alteration was found: 6 events in 2 batches" in out) == (0, True)
    status, out, _ = tramgac("collector", "verify", "--json", "--host", host.id[:8], "--since", "1h")
    assert (status, json.loads(out)["attested"]) == (0, 6)
    shutil.copytree(paths.log, tmp_path / "copy" / "log")
    assert json.loads(tramgac("collector", "verify", "--json", "--from", str(tmp_path / "copy"))[1])["ok"]


def test_what_was_altered_is_located_in_both_languages(tramgac: Run, stands, monkeypatch):
    paths, host = stands
    alter(paths, lambda records: records.pop(1))
    status, out, _ = tramgac("collector", "verify")
    assert (status, "lane 1: events 1 to 3 were taken out" in out, "1 finding, above" in out) == (1, True, True)
    status, out, _ = tramgac("collector", "verify", "--json")
    first, last = map(json.loads, out.splitlines())
    assert (status, first["found"], first["host"], first["epoch"]) == (1, "missing", host.id, f"{9:016x}")
    assert last["findings"] == {"missing": 1}
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert "sự kiện 1 đến 3 đã bị lấy đi" in tramgac("collector", "verify")[1]


def test_what_the_control_store_keeps_finds_a_log_that_was_cut(tramgac: Run, stands):
    paths, _ = stands
    alter(paths, lambda records: records.__delitem__(slice(2, None)))
    out = tramgac("collector", "verify")[1]
    assert "the newest that the host signed is 6, events from 4 on are not there" in out
    with without(paths.control_database):
        status, _, err = tramgac("collector", "verify")
    assert (status, "could not be read from the control store" in err) == (0, True)


@contextmanager
def without(file):
    file.rename(file.with_suffix(".away"))
    yield
    file.with_suffix(".away").rename(file)


def test_a_host_is_called_by_its_name(tramgac: Run, stands, running, tmp_path):
    paths, host = stands
    running.enrol(host.id, "máy-01", 1)
    for number in (2, 3):
        running.enrol(f"{number:032x}", "twin", number)
    for given in ("máy-01", host.id[:12].upper()):
        status, out, _ = tramgac("collector", "verify", "--json", "--host", given)
        assert (status, json.loads(out)["attested"]) == (0, 6)
    status, _, err = tramgac("collector", "verify", "--host", "pc-1")
    assert (status, err.startswith("There is no host pc-1; ")) == (1, True)
    status, _, err = tramgac("collector", "verify", "--host", "twin")
    assert (status, err.startswith("Several hosts are meant by twin: ")) == (1, True)
    status, _, err = tramgac("collector", "verify", "--host", "0" * 8)
    assert (status, err.startswith("There is nothing of 00000000 in what was read")) == (1, True)
    assert tramgac("collector", "verify", "--host", "0" * 8, "--since", "1h")[0] == 0
    with without(paths.control_database):
        status, _, err = tramgac("collector", "verify", "--host", "máy-01")
    assert (status, err.startswith("Which host is called máy-01 could not be read")) == (1, True)


def test_what_is_no_host_and_no_log(tramgac: Run, stands, tmp_path):
    shutil.copytree(stands[0].log, tmp_path / "copy" / "log")
    status, _, err = tramgac("collector", "verify", "--from", str(tmp_path / "copy"), "--host", "pc-1")
    assert (status, err.startswith("pc-1 is no host's id, and a backup's log knows no names")) == (2, True)
    status, _, err = tramgac("collector", "verify", "--from", str(tmp_path / "none"))
    assert (status, "holds no ingest log" in err) == (1, True)
