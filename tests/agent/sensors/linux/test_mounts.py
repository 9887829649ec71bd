from tramgac_agent.sensors.linux import mounts

INFO = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
28 27 254:0 /part /srv/part\040of\040it rw - ext4 /dev/vda rw
29 27 8:1 /inner /mnt/inner rw master:5 propagate_from:2 - xfs /dev/sda1 rw
30 27 8:1 / /mnt/whole rw - xfs /dev/sda1 rw
31 27 0:30 / /net rw - nfs4 server:/x rw
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""


def test_lines_with_and_without_optional_fields_and_with_escapes(tmp_path):
    (tmp_path / "mountinfo").write_bytes(INFO)
    found = mounts.read(tmp_path / "mountinfo")
    assert [m.point for m in found][:4] == ["/proc", "/", "/srv/part of it", "/mnt/inner"]
    assert found[1] == mounts.Mount(27, (254, 0), "/", "/", "ext4")
    assert found[-1].kind == "cgroup2"


def test_one_mount_a_local_file_system_the_whole_rather_than_a_part(tmp_path):
    (tmp_path / "mountinfo").write_bytes(INFO)
    assert [m.point for m in mounts.watchable(mounts.read(tmp_path / "mountinfo"))] == ["/", "/mnt/whole"]


def test_this_machine_has_a_root():
    assert "/" in {m.point for m in mounts.read()}
