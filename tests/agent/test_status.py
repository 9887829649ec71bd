import json

from tramgac_agent.status import write_status


def test_a_status_is_replaced_whole(tmp_path):
    path = tmp_path / "status.json"
    write_status(path, {"a": 1})
    write_status(path, {"a": 2})
    assert json.loads(path.read_text()) == {"a": 2}
    assert [one.name for one in tmp_path.iterdir()] == ["status.json"]


def test_a_disk_that_refuses_costs_the_status_and_no_more(tmp_path, caplog):
    write_status(tmp_path / "none" / "status.json", {"a": 1})
    assert "status.json" in caplog.text
