import os

from tramgac_agent.enrich import living


def test_psutil_and_the_systems_own_way_agree_about_us():
    own, general = living.read(os.getpid()), living.from_psutil(os.getpid())
    for field in ("pid", "parent_pid", "executable", "command_line", "working_directory", "args_count"):
        assert getattr(own, field) == getattr(general, field), field
    # psutil rounds to a hundredth of a second and asks another clock for the boot.
    assert abs(own.start - general.start) < 200
    assert general.user


def test_a_process_that_is_gone():
    assert living.from_psutil(2**22 + 1) is None
    assert living.start(2**22 + 1) == 0
    assert os.getpid() in living.pids()
