import pytest
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


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (INFO, ["/net"]),
        (INFO + rb"50 27 0:31 / /a rw - nfs4 server:/y rw" + b"\n", ["/a"]),
        (rb"1 0 0:40 / / rw - overlay overlay rw" + b"\n", ["/"]),
        (INFO + rb"51 27 0:41 / /var/lib/x/merged rw - overlay overlay rw" + b"\n", ["/net"]),
        (INFO + rb"52 27 7:0 / /snap/core ro - squashfs /dev/loop0 ro" + b"\n", ["/net"]),
    ],
    ids=["one", "the nearest of a kind", "an overlay as root", "an overlay in a watched one", "an image"],
)
def test_file_systems_on_which_files_can_be_made_and_are_not_watched(tmp_path, lines, told):
    (tmp_path / "mountinfo").write_bytes(lines)
    assert [m.point for m in mounts.others(mounts.read(tmp_path / "mountinfo"))] == told


def test_this_machine_has_a_root():
    assert "/" in {m.point for m in mounts.read()}
