import io

import pytest
from tramgac_collector.matching import progress
from tramgac_collector.matching.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    monkeypatch.setattr(progress, "_EVERY", 0)


def test_a_bar_is_drawn_over_itself_and_taken_away():
    err = Terminal()
    bar = Progress(200, err, io.StringIO())
    bar.at(50, 1, 4)
    bar.at(100, 2, 4)
    bar.end()
    bar.end()
    first, second, end = err.getvalue().split("\r")[1:]
    assert "25%  1/4" in first
    assert "#" * 15 + " " * 15 in second
    assert end == "\x1b[K"


def test_lines_on_the_same_terminal_have_room():
    for out, drawn in ((Terminal(), 0), (io.StringIO(), 1)):
        err = Terminal()
        bar = Progress(200, err, out)
        bar.at(50, 1, 4)
        bar.make_room()
        assert err.getvalue().endswith("\x1b[K") is (drawn == 0)


def test_nothing_is_drawn_where_nobody_looks_or_nothing_is_known():
    for total, err in ((200, io.StringIO()), (0, Terminal())):
        bar = Progress(total, err, Terminal())
        bar.at(50, 1, 4)
        bar.make_room()
        bar.end()
        assert not err.getvalue()


def test_it_is_drawn_now_and_then(monkeypatch):
    monkeypatch.setattr(progress, "_EVERY", 1_000)
    err = Terminal()
    Progress(200, err, io.StringIO()).at(50, 1, 4)
    assert not err.getvalue()
