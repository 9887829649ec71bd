from tramgac_collector.cli import errors


def test_the_statuses_that_commands_end_with():
    assert [kind.status for kind in (errors.Failed, errors.Absent, errors.Misuse)] == [1, 1, 2]
    assert all(name in errors.__doc__ for name in ("CommandError", "Failed", "Absent", "Misuse"))
