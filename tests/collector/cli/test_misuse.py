import pytest
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.misuse import choose, incomplete, near, no_choice

from tests.tools.console import Run


@pytest.fixture(autouse=True)
def _english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["host"], "tramgac: there is no command 'host' (did you mean hosts?). Commands: demo, collector, match,"),
        (["alerts", "odd"], "tramgac alerts: there is no command 'odd'. Commands: list, show, verdict, verdict-all."),
        (["--sate", "x"], "tramgac: there is no option --sate (did you mean --state?)."),
        (["events", "-x"], "tramgac events: there is no option -x."),
        (["alerts", "show"], "tramgac alerts show: ALERT is missing."),
        (["rules", "check"], "tramgac rules check: PATH is missing. Give rules, or lists with --indicators."),
        (["rules", "push"], "tramgac rules push: --repository is missing."),
        (["events", "--limit"], "tramgac events: --limit needs a value after it."),
        (["events", "--limit", "0"], "tramgac events: --limit takes a whole number from 1 to 100000."),
        (
            ["collector", "firewall", "--each-second", "0"],
            "tramgac collector firewall: --each-second is a whole number from 1 on.",
        ),
        (["tokens", "revoke", "x"], "tramgac tokens revoke: ID takes a whole number."),
        (["alerts", "--json=yes"], "tramgac alerts: --json takes no value."),
        (["audit", "more", "(words)"], "tramgac audit: nothing may stand where 'more (words)' stands."),
    ],
)
def test_a_fault_is_told_with_its_place_and_how_it_is_written(tramgac: Run, words, says):
    status, out, err = tramgac(*words)
    assert (status, out) == (2, "")
    first, second = err.splitlines()
    assert first.startswith(says)
    assert second.startswith("Usage: tramgac ")
    assert second.endswith("(--help says more)")


def test_a_number_without_a_most_is_told_its_least_in_vietnamese(tramgac: Run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    err = tramgac("collector", "firewall", "--at-once", "0")[2]
    assert err.startswith("tramgac collector firewall: --at-once là số nguyên từ 1 trở lên.\n")


def test_what_is_incomplete_is_told_with_what_could_stand_there():
    found = incomplete("tramgac x", "PATH", "Give one.", "tramgac x [PATH...]")
    assert str(found).splitlines()[0] == "tramgac x: PATH is missing. Give one."


def test_what_is_typed_cannot_act(tramgac: Run):
    for words in (["\x1b[2J"], ["--\x1b[2J"], ["audit", "\x1b[2J"]):
        assert "\x1b" not in tramgac(*words)[2]


def test_a_word_that_is_none_is_told_those_there_are():
    assert choose("--role", "viewer", ("viewer", "admin")) == "viewer"
    with pytest.raises(Misuse) as error:
        choose("--role", "viewer2", ("viewer", "admin"))
    assert str(error.value) == "--role: there is no 'viewer2' (did you mean viewer?); choose from: viewer, admin."
    assert "did you mean" not in str(no_choice("--role", "king", ("viewer", "admin")))


def test_near():
    assert near("HOSTS", ("hosts", "users")) == " (did you mean hosts?)"
    assert near("zzz", ("hosts", "users")) == near("x", ()) == ""
