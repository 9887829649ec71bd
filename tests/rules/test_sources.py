import pytest
from tramgac_rules.record import KNOWN_FILE_WRITE, Record
from tramgac_rules.rule import LogSource
from tramgac_rules.sources import routes

SYSMON = "Microsoft-Windows-Sysmon/Operational"


def seen(source, record, *, further=True):
    return any(route.takes(record) for route in routes(LogSource(*source), further=further))


def windows(channel, event_id):
    return Record({}, "windows", "event_log", channel, event_id)


@pytest.mark.parametrize(("source", "channel", "event_id", "met"), [
    (("windows", "process_creation", ""), SYSMON, "1", True),
    (("windows", "process_creation", ""), SYSMON.upper(), "1", True),
    (("windows", "process_creation", ""), SYSMON + "x", "1", False),
    (("windows", "process_creation", ""), "Security", "4688", True),
    (("windows", "process_creation", ""), "Security", "4689", False),
    (("linux", "process_creation", ""), SYSMON, "1", False),
    (("", "process_creation", ""), SYSMON, "1", True),
    (("", "antivirus", ""), "Microsoft-Windows-Windows Defender/Operational", "1116", True),
    (("windows", "registry_event", ""), SYSMON, "14", True),
    (("windows", "ps_script", "powershell"), "PowerShellCore/Operational", "4104", True),
    (("windows", "ps_script", "sysmon"), "PowerShellCore/Operational", "4104", False),
    (("windows", "", "security"), "security", "1", True),
    (("windows", "", ""), "anything", "1", True),
    (("linux", "", ""), "anything", "1", False),
    (("windows", "", "dns-server-analytic"), "Microsoft-Windows-DNS-Server/Analytical", "257", True),
    (("windows", "", "microsoft-servicebus-client"), "Microsoft-ServiceBus-Client/Admin", "1", True),
    (("", "", "security"), "Security", "1", False),
    (("windows", "no_such", ""), "Security", "1", False),
])  # fmt: skip
def test_windows_channels(source, channel, event_id, met):
    assert seen(source, windows(channel, event_id)) is met
    assert seen(source, windows(channel, event_id), further=False) is met


def test_ours_goes_further_than_the_public_map():
    real = windows("Microsoft-Windows-DNS-Client/Operational", "3008")
    assert seen(("windows", "", "dns-client"), real)
    assert not seen(("windows", "", "dns-client"), real, further=False)


@pytest.mark.parametrize(("source", "kind", "met"), [
    (("linux", "process_creation", ""), "process_start", True),
    (("windows", "process_creation", ""), "process_start", False),
    (("", "antivirus", ""), "scan_hit", True),
    (("linux", "file_event", ""), "file_create", True),
    (("linux", "file_event", ""), "file_write", True),
    (("linux", "file_event", ""), KNOWN_FILE_WRITE, False),
    (("linux", "file_delete", ""), "file_delete", True),
    (("linux", "file_rename", ""), "file_rename", True),
    (("linux", "network_connection", ""), "network_connection", True),
    (("linux", "", "auditd"), "process_start", False),
    (("linux", "", ""), "process_start", True),
])  # fmt: skip
def test_our_own_kinds(source, kind, met):
    assert seen(source, Record({}, "linux", kind)) is met
    if source != ("linux", "", ""):
        assert not seen(source, Record({}, "linux", kind), further=False)


@pytest.mark.parametrize(("service", "line", "met"), [
    ("sshd", "sshd", True), ("auth", "sshd", True), ("syslog", "anything", True), ("cron", "sshd", False),
])  # fmt: skip
def test_log_lines(service, line, met):
    assert seen(("linux", "", service), Record({}, "linux", "log_line", line)) is met


def test_every_kind_that_says_its_category_is_seen_by_it():
    from tramgac_proto import names

    for kind in names.KINDS.values():
        for category in kind.sigma_categories:
            assert seen(("linux", category, ""), Record({}, "linux", kind.name)), (category, kind.name)


def as_listed(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.data
def test_the_table_says_what_the_public_map_says(data_folder):
    import yaml

    entries = yaml.safe_load((data_folder / "sigma/tests/thor.yml").read_text("utf-8"))["logsources"].values()
    channels = {
        entry["service"]: {source.removeprefix("WinEventLog:").lower() for source in entry["sources"]}
        for entry in entries
        if entry.get("product") == "windows" and "sources" in entry
    }
    for service, names in channels.items():
        (route,) = routes(LogSource("windows", "", service), further=False)
        assert route.channels == names
    mapped = {}
    for entry in entries:
        if "rewrite" in entry:
            conditions = dict(entry["conditions"])
            ids = frozenset(str(number) for number in as_listed(conditions.pop("EventID")))
            place = (frozenset(channels[entry["rewrite"]["service"]]), tuple(sorted(conditions.items())))
            names = tuple(sorted(entry.get("fieldmappings", {}).items()))
            kind = mapped.setdefault(entry["category"], {})
            kind[(*place, names)] = kind.get((*place, names), frozenset()) | ids
    for category, places in mapped.items():
        ours = {
            (
                route.channels,
                tuple((atom.field, atom.value) for atom in route.conditions),
                tuple(sorted(route.names)),
            ): route.event_ids
            for route in routes(LogSource("windows", category, ""), further=False)
        }
        assert ours == places, category
    assert len(mapped) > 30
