from tramgac_agent.sensors.scope import Scope


def test_the_default_is_the_whole_machine():
    assert not Scope().narrowed
    assert not Scope(exclude=("/srv",)).narrowed, "leaving something out is not narrowing"


def test_what_narrows_what():
    assert Scope(cgroup="/x").processes_narrowed
    assert Scope(process=5).processes_narrowed
    assert not Scope(mounts=("/m",)).processes_narrowed
    assert all(
        s.narrowed for s in (Scope(cgroup="/x"), Scope(process=5), Scope(mounts=("/m",)), Scope(folders=("/f",)))
    )
