import pytest
from tramgac_collector.cli.cut import Counted, Cut, decimal, number, tell_cut, tell_first, tell_some
from tramgac_collector.cli.errors import Absent


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def absent() -> int:
    raise Absent("gone")


def test_rows_are_counted_as_they_come():
    rows = Counted(iter([{"a": 1}, {"a": 2}]))
    assert (next(rows), rows.count) == ({"a": 1}, 1)
    assert ([*rows], rows.count) == ([{"a": 2}], 2)


def test_of_how_many_these_are_the_newest(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    tell_cut(1000, 1000, 100_000, lambda: 123_456, Cut.EVENTS)
    said = "These are the newest 1,000 of 123,456. --limit takes up to 100,000. "
    assert capsys.readouterr() == ("", said + "--since, --until, --host and --kind narrow it.\n")
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    tell_cut(1000, 1000, 1000, lambda: 123_456)
    assert capsys.readouterr() == ("", "Đây là 1.000 dòng mới nhất trong tổng số 123.456.\n")


def test_a_list_that_is_whole_says_nothing_and_asks_for_a_count_only_at_its_limit(capsys: pytest.CaptureFixture[str]):
    tell_cut(9, 10, 100, absent)
    tell_cut(10, 10, 100, lambda: 10)
    assert capsys.readouterr() == ("", "")


def test_where_nobody_can_count_it_says_so(capsys: pytest.CaptureFixture[str]):
    tell_cut(10, 10, 100, absent)
    assert capsys.readouterr() == (
        "",
        "These are the newest 10; nobody can say now how many more there are. --limit takes up to 100.\n",
    )


def test_thousands_are_apart(monkeypatch: pytest.MonkeyPatch):
    assert [number(999), number(1_000_000)] == ["999", "1,000,000"]
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert number(1_000_000) == "1.000.000"


def test_decimals_are_written_as_the_language_has_them(monkeypatch: pytest.MonkeyPatch):
    """Thousands have the point in Vietnamese: 2.813 MiB is not 2,813 MiB."""
    assert decimal(2.8125, 2) == "2.81"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert decimal(2.8125, 2) == "2,81"


def test_a_list_of_some_says_so(capsys):
    tell_some(10, 10)
    assert capsys.readouterr() == ("", "")
    tell_some(10, 1057)
    assert capsys.readouterr() == ("", "These are the newest 10 of 1,057.\n")
    tell_first(10, 10)
    assert capsys.readouterr().err == ""
    tell_first(10, 57)
    tell_first(10)
    assert capsys.readouterr().err == "These are the first 10 of 57.\nThese are the first 10; there are more.\n"
