from datetime import UTC, datetime, timedelta

import pytest
from tramgac_collector.cli.content_status import day, ends, lines, warnings
from tramgac_collector.cli.times import local

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PUBLISHED = {"published": "2026-11-29T10:00:00Z", "by": "an", "marked": "", "digest": "0"}
PUBLISHED |= {"rules": 12, "yara": 2, "indicators": 7}
GOOD = {"role": "judge", "version": 3, "refused": 0, "reason": "", "time": "2026-11-29T10:00:01Z"}
REFUSED = GOOD | {"version": 2, "refused": 3, "reason": "content refused (older): x\x1b[31m"}


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C")


def told(role, expires=None):
    return {"version": 3, **PUBLISHED, "expires": expires, "roles": [role]}


@pytest.mark.parametrize(("left", "said"), [
    (timedelta(days=31), None),
    (timedelta(days=29, hours=1), "ends on 2026-12-28, in 29 days"),
    (timedelta(hours=1), "in 0 days"),
    (timedelta(0), "ended on 2026-11-29"),
    (timedelta(days=-400), "ended on 2025-10-25"),
])  # fmt: skip
def test_a_signature_that_ends_within_a_month_is_told_with_how_to_renew_it(left, said):
    sentence = ends(NOW + left, NOW)
    if said is None:
        assert sentence is None
    else:
        assert said in sentence
        assert "tramgac rules sign" in sentence


def test_all_is_well(monkeypatch):
    until = datetime.now(UTC) + timedelta(days=300)
    status = told(GOOD, until.isoformat())
    assert list(warnings(status)) == []
    assert list(lines(status)) == [
        (
            f"On offer: version 3, pushed by an at {local('2026-11-29T10:00:00Z')}; "
            "12 Sigma rules, 2 YARA files, 7 indicators."
        ),
        f"Valid until {day(until)}.",
        "judge: version 3 is in force.",
    ]


def test_samples_that_are_scanned_again_are_told():
    status = told(GOOD) | {"scans": {"samples": 400, "waiting": 1, "again": 120}}
    assert list(lines(status))[-1] == (
        "The YARA rules changed: 120 of 400 stored samples still to be scanned with them."
    )
    assert len(list(lines(told(GOOD) | {"scans": {"samples": 400, "waiting": 1, "again": 0}}))) == 2


def test_a_refusal_is_told_with_its_reason_and_time_and_nothing_hidden_in_it():
    *_, in_force, refused = lines(told(REFUSED))
    assert in_force == "judge: version 2 is in force."
    at = local("2026-11-29T10:00:01Z")
    assert refused == f"judge refused version 3 at {at}: content refused (older): x\\x1b[31m"
    assert list(warnings(told(REFUSED))) == [refused]


def test_what_ends_soon_is_a_warning():
    (sentence,) = warnings(told(GOOD, (datetime.now(UTC) + timedelta(days=3)).isoformat()))
    assert "in 2 days" in sentence


def test_before_anything_was_pushed():
    assert list(lines({"version": 0, "roles": []})) == [
        "No content was pushed yet, so nothing is judged: tramgac rules sign, tramgac rules push."
    ]
    empty = GOOD | {"version": 0, "refused": 1, "reason": "no"}
    assert "judge: nothing is in force." in list(lines({"version": 0, "roles": [empty]}))
