from tramgac_collector.export.formats.ocsf_map import PLANS, objects
from tramgac_proto.names import KINDS


def test_a_process_that_acts_is_the_actor_s():
    assert PLANS["file_create"]["process.pid"].path == ("actor", "process", "pid")
    assert PLANS["process_start"]["process.pid"].path == ("process", "pid")
    assert PLANS["scan_hit"]["process.pid"].path == ("evidences", "process", "pid")


def test_a_process_without_a_number_is_told_as_it_is():
    assert objects("file_create", {"process.executable": "/bin/sh"}) == {"unmapped": {"process.executable": "/bin/sh"}}
    told = objects("process_start", {"process.pid": 7, "process.parent.executable": "/sbin/init"})
    assert told == {"process": {"pid": 7}, "unmapped": {"process.parent.executable": "/sbin/init"}}


def test_values_have_ocsf_s_types():
    told = objects("process_start", {"process.pid": 7, "user.id": 0, "process.hash.sha256": "ab"})["process"]
    assert told["user"] == {"uid": "0"}
    assert told["file"]["hashes"] == [{"algorithm_id": 3, "algorithm": "SHA-256", "value": "ab"}]
    assert (told["file"]["name"], told["file"]["type_id"]) == ("-", 8)
    told = objects("inventory", {"host.ip": ["10.0.0.1", "::1"], "tramgac.host.booted": "1970-01-01T00:00:01Z"})
    assert told["device"] == {"network_interfaces": [{"ip": "10.0.0.1"}, {"ip": "::1"}], "boot_time": 1000}


def test_nothing_is_lost_of_a_kind_that_is_not_known():
    assert objects("later", {"a": 1}) == {"unmapped": {"a": 1}}


def test_each_kind_has_a_plan():
    assert PLANS.keys() == KINDS.keys()
