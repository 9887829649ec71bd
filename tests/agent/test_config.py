import dataclasses
import inspect
import re

import pytest
from tramgac_agent import config as module
from tramgac_agent.config import AgentConfig, load, write_collector
from tramgac_agent.errors import ConfigError
from tramgac_rules.costs import Budget


def test_an_absent_file_means_defaults(tmp_path):
    assert load(tmp_path) == AgentConfig(state=tmp_path)


def test_the_environment_names_the_state_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TRAMGAC_AGENT_STATE", str(tmp_path))
    (tmp_path / "config.toml").write_text("spool_bytes = 1000\n")
    assert load().spool_bytes == 1000
    assert load().state == tmp_path


def test_everything_can_be_set(tmp_path):
    (tmp_path / "config.toml").write_text(
        'collector = "c.example:1"\nflush_bulk_s = 2\n[scope]\ncgroup = "/x"\nmounts = ["/m"]\nprocess = 7\n'
        '[rungs]\nprocess = "poll"\n'
    )
    found = load(tmp_path)
    assert (found.collector, found.flush_ns[3], found.scope.cgroup) == ("c.example:1", 2_000_000_000, "/x")
    assert (found.scope.mounts, found.scope.process, found.rungs) == (("/m",), 7, {"process": "poll"})


def test_what_a_rule_may_cost(tmp_path):
    assert load(tmp_path).rule_budget == Budget()
    for text, budget in (("7.5", Budget(7.5)), ("9", Budget(9)), ("0", None)):
        (tmp_path / "config.toml").write_text(f"rule_budget_us = {text}\n")
        assert load(tmp_path).rule_budget == budget


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("collector = ", "cannot be read"),
        ("colector = 'x'", "unknown setting 'colector'"),
        ("spool_bytes = 'many'", "must be a whole number"),
        ("spool_bytes = true", "must be a whole number"),
        ("spool_age_s = -1", "must not be below 0"),
        ("scope = 1", "must be a table"),
        ("[scope]\nfolder = ['/x']", "unknown setting 'scope.folder'"),
        ("[scope]\nfolders = '/x'", "must be a list of texts"),
        ("[rungs]\nfile = 1", "rungs.file"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(ConfigError, match=re.escape(said)):
        load(tmp_path)


def test_what_is_wrong_is_said_in_the_readers_language(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    (tmp_path / "config.toml").write_text("colour = 1\nspool_bytes = 'x'\nkeepalive_s = -1\nrungs = 1\n")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path)
    said = str(raised.value)
    assert "không có thiết lập 'colour'" in said
    assert "spool_bytes = 'x': phải là số nguyên." in said
    assert "keepalive_s = -1: không được nhỏ hơn 0." in said
    assert "rungs phải là một bảng: [rungs]." in said


def test_all_problems_at_once(tmp_path):
    (tmp_path / "config.toml").write_text("a = 1\nb = 2\n")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path)
    assert len(str(raised.value).splitlines()) == 2


def test_the_collector_is_written_and_other_lines_stay(tmp_path):
    (tmp_path / "config.toml").write_text('# mine\ncollector = "old:1"\nspool_bytes = 5\n[scope]\nmounts = ["/m"]\n')
    write_collector(tmp_path, "new:2")
    assert load(tmp_path).collector == "new:2"
    assert load(tmp_path).spool_bytes == 5
    assert load(tmp_path).scope.mounts == ("/m",)
    assert "# mine" in (tmp_path / "config.toml").read_text()


def test_every_setting_has_a_sentence():
    source = inspect.getsource(module)
    for field in dataclasses.fields(AgentConfig):
        assert re.search(rf'    {field.name}: .*\n    """[A-Z].*\."""', source), field.name
