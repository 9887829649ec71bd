from tramgac_collector.demo import attack, command, names
from tramgac_proto.names import KINDS


def test_all_that_a_line_can_mention_has_a_name():
    assert names.ACTS.keys() == attack.ACTS.keys()
    assert names.KINDS.keys() == KINDS.keys()
    assert names.CAPABILITIES.keys() == command.RUNGS.keys()


def test_what_has_no_name_is_its_own(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert names.named(names.CAPABILITIES, "file") == "Tệp"
    assert names.named(names.CAPABILITIES, "strange") == "strange"
