import stat
from pathlib import Path

import pytest
from tramgac_collector.demo.attack import ACTS, Attack


@pytest.fixture
def attack(tmp_path):
    made = Attack(tmp_path, 0)
    yield made
    made.listener.close()


@pytest.mark.enable_socket
@pytest.mark.parametrize("act", ACTS)
def test_every_act_ends_and_writes_only_below_its_folder(act, attack, tmp_path, monkeypatch):
    touched = []
    original = Path.write_text

    def noted(self, *arguments, **options):
        touched.append(self)
        return original(self, *arguments, **options)

    monkeypatch.setattr(Path, "write_text", noted)
    ACTS[act](attack)
    assert all(path.is_relative_to(tmp_path) for path in touched)


@pytest.mark.enable_socket
def test_what_is_left_behind(attack, tmp_path):
    for act in ("scheduled_job", "user_service", "dropped_script", "log_cleared"):
        ACTS[act](attack)
    script = tmp_path / "home/an/Downloads/update.sh"
    assert stat.S_IMODE(script.stat().st_mode) == 0o755
    assert script.read_text().startswith("#!/bin/bash\n")
    assert (tmp_path / "etc/crontab").exists()
    assert (tmp_path / "home/an/.config/systemd/user/sync.service").exists()
    assert not (tmp_path / "var/log/auth.log").exists()


@pytest.mark.enable_socket
def test_the_reverse_shell_reaches_its_listener_and_leaves(attack):
    attack.reverse_shell()
    # The listener has taken the one connection there was: nobody waits any more.
    attack.listener.settimeout(0.1)
    with pytest.raises(TimeoutError):
        attack.listener.accept()
