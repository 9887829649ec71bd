import pytest
from tramgac_rules.indicators import watch
from tramgac_rules.indicators.watch import NOTHING, Watch

SOMETHING = [["found"]]


def test_what_met_nothing_is_remembered_and_what_met_something_is_not():
    made = Watch(lambda text: SOMETHING if text == "evil" else NOTHING)
    assert (made.look("evil"), made.look("good")) == (SOMETHING, NOTHING)
    assert "good" in made.clean
    assert "evil" not in made.clean


def test_where_finding_is_cheaper_nothing_is_remembered():
    made = Watch(lambda _text: NOTHING, remembers=False)
    made.look("good")
    assert "good" not in made.clean


@pytest.mark.parametrize("char", ["x", "\u1ea1"])
def test_what_is_remembered_is_bounded_in_bytes_whatever_comes(monkeypatch, char):
    monkeypatch.setattr(watch, "MEMORY", 100_000)
    made = Watch(lambda _text: NOTHING)
    most = 0
    for number in range(3_000):
        made.look(f"{number}{char * (number % 200)}")
        most = max(most, sum(len(value) for value in made.clean))
    assert 20_000 < most < 100_000
    made.look(char * 1_000_000)
    assert max(map(len, made.clean)) < 1_000
