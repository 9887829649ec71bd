from tramgac_collector.paths import StatePaths


def test_everything_is_inside_and_private(tmp_path):
    paths = StatePaths(tmp_path / "state")
    paths.make()
    paths.make()
    for folder in (paths.root, paths.authority, paths.log_segments, paths.run, paths.samples):
        assert folder.is_relative_to(paths.root)
        assert folder.stat().st_mode & 0o077 == 0
    assert paths.ready("api").name == "api.ready"
    assert paths.cursor("judge").parent == paths.log
    assert paths.database_url == f"sqlite:///{paths.root}/control.db"
