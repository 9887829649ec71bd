import pytest
from tramgac_agent.sensors.errors import ProbeError
from tramgac_agent.sensors.linux import cgroups


def test_a_folder_outside_the_hierarchy_is_refused_with_its_name(tmp_path):
    with pytest.raises(ProbeError, match=f"scope: {tmp_path} is not in"):
        cgroups.group(str(tmp_path))


@pytest.mark.root
def test_a_group_has_an_id_a_depth_and_a_name_by_its_id(cgroup):
    inner = cgroup / "inner"
    inner.mkdir()
    try:
        root = cgroups.hierarchy()
        outer, below = cgroups.group(str(cgroup)), cgroups.group(str(inner))
        assert (below.level, outer.level) == (outer.level + 1, len(cgroup.relative_to(root).parts))
        names = cgroups.GroupNames()
        assert names.name(below.id) == f"/{inner.relative_to(root)}"
        assert names.name(root.stat().st_ino) == "/"
        assert names.name(0) == ""
    finally:
        inner.rmdir()
    assert cgroups.GroupNames().name(below.id) == ""
    with pytest.raises(ProbeError, match="No such file"):
        cgroups.group(str(inner))
