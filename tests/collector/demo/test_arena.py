import os
import signal
import subprocess

import pytest
from tramgac_collector.demo.arena import Arena


@pytest.fixture
def arena(tmp_path, monkeypatch):
    monkeypatch.setattr("tramgac_collector.demo.arena._PAUSE_S", 0.01)
    opened = Arena.open(tmp_path / "arena")
    yield opened
    opened.close()


def test_acts_are_done_in_order_each_in_its_own_time(arena):
    done = arena.perform(("log_cleared", "dropped_script"), 0)
    assert [d.act for d in done] == ["log_cleared", "dropped_script"]
    assert done[0].began < done[0].ended <= done[1].began < done[1].ended


@pytest.mark.root
def test_root_gets_a_file_system_and_a_control_group_and_both_go(arena):
    assert arena.mounted
    cgroup = arena.cgroup
    assert cgroup.is_dir()
    arena.perform(("encoded_command",), 0)
    arena.close()
    assert not os.path.ismount(arena.folder)
    assert not cgroup.exists()
    arena.close()


@pytest.mark.root
def test_what_an_act_left_running_ends_with_the_arena(arena):
    enter = 'echo $$ > "$0/cgroup.procs" && echo in && exec sleep 60'
    with subprocess.Popen(["sh", "-c", enter, str(arena.cgroup)], stdout=subprocess.PIPE) as left:
        assert left.stdout.readline() == b"in\n"
        cgroup = arena.cgroup
        arena.close()
        assert left.wait(10) == -signal.SIGKILL
    assert not cgroup.exists()
