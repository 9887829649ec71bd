import json

import pytest
from backports import zstd
from tramgac_agent.triage import Triage
from tramgac_proto.event_pb2 import LANE_BULK, LANE_SECURITY, LANE_URGENT, Event
from tramgac_rules.authoring.compile import compile_rules

RULE = """
title: A shell that reads a script from the network
id: 0f6a1f6e-7d5c-4a44-9a3c-3c1d7a4b9f10
status: test
logsource: {category: process_creation, product: linux}
detection:
    selection: {Image|endswith: /sh, CommandLine|contains: curl}
    condition: selection
level: high
"""


@pytest.fixture
def bundle(tmp_path):
    rule = tmp_path / "rule.yml"
    rule.write_text(RULE)
    compiled = compile_rules([rule])
    assert not compiled.problems
    path = tmp_path / "current.json.zst"
    path.write_bytes(zstd.compress(json.dumps({"format": 1, "version": 7, "sigma": compiled.pack}).encode()))
    return path


def start(command_line):
    event = Event()
    event.process_start.process.executable = "/bin/sh"
    event.process_start.process.command_line = command_line
    return event


def test_without_rules_the_kind_decides():
    triage = Triage()
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_SECURITY
    for kind, lane in (
        ("file_create", LANE_BULK),
        ("file_write", LANE_BULK),
        ("file_delete", LANE_BULK),
        ("file_rename", LANE_BULK),
        ("inventory", LANE_BULK),
        ("network_connection", LANE_SECURITY),
        ("process_exit", LANE_SECURITY),
        ("log_line", LANE_SECURITY),
        ("scan_hit", LANE_URGENT),
    ):
        event = Event()
        getattr(event, kind).SetInParent()
        assert triage.lane(event) == lane, kind


def test_an_event_that_meets_a_rule_is_urgent(bundle):
    triage = Triage("linux")
    assert triage.reload(bundle) == triage.version == 7
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_URGENT
    assert triage.lane(start("sh -c 'wget x | sh'")) == LANE_SECURITY
    assert triage.failures == 0


def test_a_bundle_that_does_not_load_leaves_the_one_before(bundle, tmp_path):
    triage = Triage("linux")
    triage.reload(bundle)
    bad = tmp_path / "bad.json.zst"
    bad.write_bytes(zstd.compress(b'{"version": 8, "sigma": {}}'))
    with pytest.raises(Exception, match=r".+"):
        triage.reload(bad)
    assert triage.version == 7
    assert triage.lane(start("sh -c 'curl x | sh'")) == LANE_URGENT


def test_a_rule_that_fails_is_counted_and_stops_nothing(bundle, caplog):
    class Broken:
        def match(self, _record):
            raise RuntimeError("broken rule")

    triage = Triage("linux")
    triage._judge = Broken()
    assert [triage.lane(start("x")) for _ in range(3)] == [LANE_SECURITY] * 3
    assert triage.failures == 3
    assert len(caplog.records) == 1
