import pytest
from tramgac_proto.event_pb2 import Event
from tramgac_rules.authoring.telemetry import CAPABILITIES, given, needed
from tramgac_rules.rule import LogSource
from tramgac_rules.sources import KINDS


@pytest.mark.parametrize(
    ("source", "product", "needs"),
    [
        (("linux", "process_creation"), "", {"process"}),
        (("linux", "file_event"), "linux", {"file"}),
        (("linux", "network_connection"), "", {"network"}),
        (("linux", "", "sshd"), "", {"log:sshd"}),
        (("linux", "", "syslog"), "", {"log:*"}),
        (("windows", "", "security"), "", {"channel:security"}),
        (
            ("windows", "process_creation"),
            "",
            {"process", "channel:security", "channel:microsoft-windows-sysmon/operational"},
        ),
        (("windows", "process_creation"), "linux", set()),
        (("", "process_creation"), "linux", {"process"}),
        (("linux",), "", {"any"}),
        (("aws", "", "cloudtrail"), "", set()),
    ],
)
def test_what_a_log_source_needs(source, product, needs):
    assert needed(LogSource(*source), product) == needs


@pytest.mark.parametrize(
    ("needs", "gives", "sees"),
    [
        ({"process"}, {"process", "file"}, True),
        ({"process"}, {"file"}, False),
        (set(), {"file"}, False),
        ({"any"}, {"file"}, True),
        ({"any"}, set(), False),
        ({"log:*"}, {"log:sshd"}, True),
        ({"log:*"}, {"process"}, False),
        ({"log:sshd"}, {"log:sudo"}, False),
    ],
)
def test_whether_a_host_gives_it(needs, gives, sees):
    assert given(needs, gives) is sees


def test_every_kind_that_rules_look_at_has_a_capability():
    assert {kind for kinds in KINDS.values() for kind in kinds} <= set(CAPABILITIES)
    assert set(CAPABILITIES) <= set(Event.DESCRIPTOR.fields_by_name)
