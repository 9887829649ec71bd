import pytest
import typer
from tramgac_collector.cli.groups import attach, group, top
from tramgac_collector.cli.help import Group
from tramgac_collector.cli.words import Word
from typer.main import get_command


@pytest.fixture
def app():
    made = top(Word.ABOUT, Group)
    said: list[str] = []

    def alone(ctx: typer.Context):
        said.append(ctx.invoked_subcommand or "alone")

    listing = group(made, "things", Word.ABOUT_HOSTS, alone)
    attach(listing, "one", Word.ABOUT_AUDIT, lambda: said.append("one"))
    attach(group(made, "bare", Word.ABOUT_RULES), "two", Word.ABOUT_MATCH, lambda: said.append("two"))
    command = get_command(made)

    def run(*words):
        said.clear()
        with pytest.raises(SystemExit) as ended:
            command(list(words))
        return ended.value.code, list(said)

    return run


def test_a_group_that_does_something_alone(app):
    assert app("things") == (0, ["alone"])
    assert app("things", "one") == (0, ["one", "one"])


def test_a_group_that_only_holds_commands_shows_them(app, capsys):
    assert app("bare") == (2, [])
    assert "two" in capsys.readouterr().err
    assert app("bare", "two") == (0, ["two"])
