from tramgac_proto import names
from tramgac_rules.indicators import fields
from tramgac_rules.record import KNOWN_FILE_WRITE


def test_fields_come_out_of_the_protos_names():
    assert dict(fields.PLANS["process_start"]) == {
        "Image": fields.PATH, "CommandLine": fields.TEXT, "Hashes": fields.HASHES,
    }  # fmt: skip
    assert dict(fields.PLANS["network_connection"]) == {"SourceIp": fields.ADDRESS, "DestinationIp": fields.ADDRESS}
    assert dict(fields.PLANS["file_write"]) == {"TargetFilename": fields.PATH, "TargetHashes": fields.HASHES}
    assert set(dict(fields.PLANS["file_rename"])) == {"TargetFilename", "SourceFilename"}
    assert dict(fields.PLANS["log_line"]) == {"message": fields.LINE}


def test_every_kind_has_a_plan_but_the_one_that_is_named_by_its_data():
    assert set(fields.PLANS) == {*names.KINDS, KNOWN_FILE_WRITE} - {"event_log"}


def test_every_address_digest_and_path_of_a_kind_is_looked_at_unless_it_is_the_actors():
    for kind in names.KINDS.values():
        for field in kind.fields:
            tail = (field.ecs or "").rpartition(".")[2]
            if tail in ("ip", "sha256", "path") and not (field.ecs or "").startswith(("process.", "log.", "host.")):
                assert (field.sigma or field.ecs) in dict(fields.PLANS[kind.name]), field


def test_who_acts_is_looked_at_where_it_starts_alone():
    for kind, plan in fields.PLANS.items():
        assert ("Image" in dict(plan)) is (kind == "process_start")
        assert not {"ParentImage", "ParentCommandLine"} & {*dict(plan)}


def test_a_write_whose_creation_was_reported_is_no_second_look_at_the_path():
    assert dict(fields.PLANS[KNOWN_FILE_WRITE]) == {"TargetHashes": fields.HASHES}


def test_windows_data_has_no_image_but_in_a_start():
    assert "Image" not in fields.DATA
    assert fields.STARTS["Image"] == fields.PATH
