import time
from datetime import UTC, datetime

import pytest
from tramgac_collector.cli.errors import Misuse
from tramgac_collector.cli.times import duration, local, moment, spelled
from tramgac_proto.names import parse_time

from tests.tools.console import Run

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7200), ("7d", 604_800)])
def test_durations(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "h", "-1h", "1w", "1h30m", "1.5h", "٣h", "9999999999s"])
def test_what_is_no_duration(text):
    with pytest.raises(Misuse):
        duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", "2026-11-24T10:00:00Z"),
        ("2026-11-24T10:00:00Z", "2026-11-24T10:00:00Z"),
        ("2026-11-24T10:00:00.123456789Z", "2026-11-24T10:00:00.123456789Z"),
        ("2026-11-24T10:00:00+07:00", "2026-11-24T03:00:00Z"),
    ],
)
def test_moments(text, expected):
    assert moment(text, NOW) == expected
    parse_time(expected)


def test_a_duration_has_a_most():
    assert duration("365d", "365d") == 365 * 86_400
    with pytest.raises(Misuse, match="365d"):
        duration("8761h", "365d")


def test_times_are_shown_by_this_machines_clock_and_read_back(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    time.tzset()
    try:
        shown = local("2026-11-24T17:00:00.123456789Z")
        assert shown == "2026-11-25T00:00:00+07:00"
        assert local("2026-11-24T17:00:00.123456789Z", fine=True) == "2026-11-25T00:00:00.123+07:00"
        assert moment(shown) == "2026-11-24T17:00:00Z"
        assert local(None) == "-"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_local_time_and_no_time():
    assert parse_time(moment("2026-11-24")) > 0
    assert moment(None) is None


@pytest.mark.parametrize(
    ("locale", "says"), [("C.UTF-8", "{}: 1x is no time. "), ("vi_VN.UTF-8", "{}: 1x không phải thời điểm. ")]
)
def test_what_is_no_moment_is_told_with_its_option(monkeypatch, locale, says):
    monkeypatch.setenv("LC_ALL", locale)
    with pytest.raises(Misuse, match=says.format("--since")):
        moment("1x")
    with pytest.raises(Misuse, match=says.format("--until")):
        moment("1x", name="--until")


@pytest.mark.parametrize("words", [["events"], ["hunt", "x"], ["rules", "backtest", "x", "--since", "1h"]], ids=str)
def test_the_end_of_a_time_is_named_as_such(tramgac: Run, monkeypatch, words):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    status, _, err = tramgac(*words, "--until", "1x")
    assert (status, err.startswith("--until: 1x is no time. ")) == (2, True)


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "24.11.2026", ""])
def test_what_is_no_moment(text):
    with pytest.raises(Misuse):
        moment(text)


@pytest.mark.parametrize(
    ("seconds", "english", "vietnamese"),
    [
        (0, "0 s", "0 giây"),
        (45, "45 s", "45 giây"),
        (600, "10 min", "10 phút"),
        (601, "10 min 1 s", "10 phút 1 giây"),
        (12_000, "3 h 20 min", "3 giờ 20 phút"),
        (3_605, "1 h", "1 giờ"),
        (187_200, "2 d 4 h", "2 ngày 4 giờ"),
    ],
)
def test_a_length_of_time_is_spelled(seconds, english, vietnamese, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert spelled(seconds) == english
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert spelled(seconds) == vietnamese
