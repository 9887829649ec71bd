from tramgac_collector.backup import incarnation
from tramgac_collector.paths import StatePaths


def test_a_restored_one_has_a_name_of_its_own(tmp_path):
    paths = StatePaths(tmp_path)
    paths.make()
    assert incarnation.told(paths) == {"id": ""}
    paths.log_id.write_text("0123456789abcdef\n")
    assert incarnation.name(paths) == "0123456789abcdef"
    names = [incarnation.renew(paths, "0123456789abcdef", 5) for _ in range(2)]
    assert len({*names, "0123456789abcdef"}) == 3
    assert incarnation.name(paths) == names[1]
    assert incarnation.told(paths)["taken"] == 5
