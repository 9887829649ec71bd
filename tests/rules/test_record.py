from tramgac_proto.event_pb2 import Event
from tramgac_rules.record import KNOWN_FILE_WRITE, record_of


def test_a_process():
    event = Event()
    event.process_start.process.executable = "/usr/bin/id"
    found = record_of(event, "linux")
    assert (found.product, found.kind, found.channel, found.event_id) == ("linux", "process_start", "", "")
    assert found.fields["Image"] == "/usr/bin/id"
    assert "CommandLine" not in found.fields


def test_an_event_log_is_windows_and_its_data_decides():
    event = Event()
    event.event_log.channel, event.event_log.event_id = "System", 104
    event.event_log.data["Channel"] = "Application"
    event.event_log.data["Threat Name"] = "x"
    event.event_log.values.extend(["one", "two"])
    found = record_of(event, "linux")
    assert (found.product, found.channel, found.event_id) == ("windows", "System", "104")
    assert found.fields["Channel"] == "Application"
    assert found.fields["ThreatName"] == "x"
    assert found.fields["Data"] == ("one", "two")
    assert found.fields["EventID"] == "104"


def test_a_log_line_has_its_text_for_keywords():
    event = Event()
    event.log_line.service, event.log_line.text = "sshd", "Failed password"
    found = record_of(event, "linux")
    assert (found.kind, found.channel) == ("log_line", "sshd")
    assert "Failed password" in found.fields.values()


def test_a_write_that_follows_its_creation_is_known():
    event = Event()
    event.file_write.path = "/tmp/x"
    assert record_of(event, "linux").kind == "file_write"
    event.file_write.created = True
    assert record_of(event, "linux").kind == KNOWN_FILE_WRITE
