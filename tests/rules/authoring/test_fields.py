import pytest
from tramgac_rules.authoring.fields import carriers
from tramgac_rules.rule import LogSource

from tests.rules.making import compiled, rule

LINUX = {"product": "linux", "category": "process_creation"}
WINDOWS = {"product": "windows", "category": "process_creation"}


def told(detection, logsource):
    return [(found.severity, found.message, found.advice) for found in compiled(
        rule(detection, logsource=logsource)).problems]  # fmt: skip


def test_a_misspelt_field_is_told_with_the_one_that_was_meant():
    for logsource, where in ((LINUX, "linux, process_creation"), (WINDOWS, "windows, process_creation")):
        said = f"no event of the log source {where} has a field 'CommandLyne'"
        assert told({"CommandLyne": "x"}, logsource) == [("warning", said, "Did you mean 'CommandLine'?")]
    ((_, _, advice),) = told({"commandline": "x"}, LINUX)
    assert advice == "Did you mean 'CommandLine'?"


def test_without_a_near_name_all_that_there_are_are_told():
    ((severity, _, advice),) = told({"Frobnication": "x"}, {"product": "linux", "category": "file_delete"})
    assert severity == "warning"
    assert advice == (
        "Our agent sends: CommandLine, CurrentDirectory, Hashes, Image, ProcessGuid, ProcessId, TargetFilename, User, "
        "UtcTime."
    )
    ((_, _, advice),) = told({"Frobnication": "x"}, {"product": "windows", "category": "driver_load"})
    assert advice == ("There are: Hashes, ImageLoaded, RuleName, Signature, SignatureStatus, Signed, UtcTime.")


def test_a_field_of_sysmon_is_no_misspelling():
    ((severity, said, _),) = told({"OriginalFileName": "x"}, LINUX)
    only = "it is only in Sysmon's channel of Windows, and this rule is for linux"
    assert (severity, said) == ("warning", f"our agent does not send 'OriginalFileName': {only}")
    said = "our agent does not send 'OriginalFileName' itself; the rule matches only with Sysmon's channel"
    assert told({"Image": "x", "OriginalFileName": "x"}, WINDOWS) == [("info", said, "")]
    assert told({"OriginalFileName": "x"}, {"category": "process_creation"}) == [("info", said, "")]


@pytest.mark.parametrize("detection", [
    {"s": [{"Image": "x"}, {"OriginalFileName": "x"}], "condition": "s"},
    {"s": {"Image": "x"}, "f": {"OriginalFileName": "x"}, "condition": "s and not f"},
    {"s": {"Image": "x", "OriginalFileName": None}, "condition": "s"},
    {"s": {"Image": "x", "OriginalFileName|exists": False}, "condition": "s"},
    {"s": ["word"], "condition": "s"},
])  # fmt: skip
def test_nothing_is_said_where_the_rule_matches_without_sysmon_too(detection):
    assert told(detection, WINDOWS) == []


def test_a_rule_that_no_single_event_can_meet_is_told():
    ((severity, said, _),) = told({"OriginalFileName": "x", "MandatoryLabel": "y"}, WINDOWS)
    assert severity == "warning"
    assert "never matches" in said


def test_only_windows_own_record_of_a_start():
    said = "our agent does not send 'MandatoryLabel' itself; the rule matches only with the channel security"
    assert told({"MandatoryLabel": "x"}, WINDOWS) == [("info", said, "")]


def test_a_field_that_another_is_compared_with_is_looked_at_too():
    ((_, said, _),) = told({"Image|fieldref": "ParentImgae"}, LINUX)
    assert "'ParentImgae'" in said


@pytest.mark.parametrize("logsource", [
    {"product": "windows"}, {"product": "windows", "service": "security"}, {"product": "linux", "service": "sshd"},
    {"product": "windows", "category": "ps_script"}, {"category": "antivirus"},
    {"product": "linux"},
])  # fmt: skip
def test_nothing_is_said_where_any_field_is_possible(logsource):
    assert told({"Frobnication": "x"}, logsource) == []


def test_every_event_of_sysmon_counts_where_a_rule_asks_for_its_channel():
    sysmon = {"product": "windows", "service": "sysmon"}
    assert told({"EventID": 16, "Configuration": "x"}, sysmon) == []
    ((_, _, advice),) = told({"ConfigurationFileHsh": "x"}, sysmon)
    assert advice == "Did you mean 'ConfigurationFileHash'?"


def test_other_names_of_a_channel_count():
    (_, security, own) = carriers(LogSource(**WINDOWS))[-3:]
    assert security.channel == "security"
    assert {"Image", "NewProcessName"} <= security.fields
    assert not own.channel
