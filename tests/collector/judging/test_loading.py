import json
import shutil

import pytest
from backports import zstd
from sqlalchemy import select
from structlog.testing import capture_logs
from tramgac_collector import audit, content, database
from tramgac_collector import bundle as bundles
from tramgac_collector.judging.loading import DAY, InForce
from tramgac_collector.schema import ContentRow, RoleContentRow

from tests.collector.authored import Author
from tests.collector.judging.feed import NOW, publish


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.sigma("evil")
    return made


def started(store, state):
    made = InForce(state, store)
    made.begin()
    return made


def report(store):
    with database.reading(store) as s:
        row = s.scalars(select(RoleContentRow)).one()
        return row.version, row.refused, row.reason


def test_nothing_is_in_force_before_anything_is_published(store, state):
    in_force = started(store, state)
    assert not in_force.refresh(NOW)
    assert in_force.rules.judge is None


def test_what_is_published_is_taken_without_a_restart(store, state, author):
    in_force = started(store, state)
    publish(store, state, author.sign())
    assert in_force.refresh(NOW)
    assert not in_force.refresh(NOW), "nothing new"
    author.yara("bad")
    author.sigma("evil2", number=2)
    publish(store, state, author.sign())
    assert in_force.refresh(NOW)
    assert (in_force.rules.version, len(in_force.rules.judge.rules), len(in_force.scan_with)) == (2, 2, 1)
    assert report(store) == (2, 0, "")


def test_after_a_restart_the_last_good_is_in_force_at_once(store, state, author):
    publish(store, state, author.sign())
    started(store, state).refresh(NOW)
    again = started(store, state)
    assert again.rules.version == 1
    assert not again.refresh(NOW)


def test_what_cannot_be_verified_is_refused_and_the_last_good_stays(store, state, author):
    in_force = started(store, state)
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    author.sigma("evil2", number=2)
    publish(store, state, author.sign())
    for path in (state.content / "repository" / "targets").iterdir():
        path.write_bytes(b"changed on the collector's disk")
    assert not in_force.refresh(NOW)
    assert in_force.rules.version == 1
    version, refused, reason = report(store)
    assert (version, refused) == (1, 2)
    assert "refused" in reason
    assert started(store, state).rules.version == 1


def unsigned(state, _author, _before):
    path = state.content / "repository" / "metadata" / "timestamp.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"signatures": []}))


def of_another_author(state, author, _before):
    other = Author(author.folder / "other")
    for number in (1, 2, 3):
        other.sigma("evil", number=number)
        other.sign()
    shutil.copytree(other.repository, state.content / "repository", dirs_exist_ok=True)


def tampered(state, _author, _before):
    for path in (state.content / "repository" / "targets").iterdir():
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)


def older(state, _author, before):
    shutil.copytree(before, state.content / "repository", dirs_exist_ok=True)


@pytest.mark.parametrize(
    ("harm", "word"),
    [(unsigned, "unsigned"), (of_another_author, "unsigned"), (tampered, "tampered"), (older, "older")],
)
def test_the_judge_verifies_by_itself_whatever_lies_in_the_repository(store, state, author, tmp_path, harm, word):
    publish(store, state, author.sign())
    before = shutil.copytree(state.content / "repository", tmp_path / "before")
    author.sigma("evil2", number=2)
    publish(store, state, author.sign())
    in_force = started(store, state)
    assert in_force.refresh(NOW)
    author.sigma("evil3", number=3)
    publish(store, state, author.sign())
    harm(state, author, before)
    assert not in_force.refresh(NOW)
    assert (in_force.rules.version, len(in_force.rules.judge.rules)) == (2, 2)
    version, refused, reason = report(store)
    assert (version, refused) == (2, 3)
    assert f"content refused ({word})" in reason
    assert "in force" in reason
    assert started(store, state).rules.version == 2
    assert not started(store, state).refresh(NOW + 1), "refused again after a restart"
    with database.reading(store) as s:
        (told,) = audit.page(s)
    assert (told.actor, told.action, told.object) == ("judge", "content.refused", "3")


def test_a_signature_that_ends_within_a_month_is_in_the_log_once_a_day(store, state, author, monkeypatch):
    publish(store, state, author.sign())
    until = content.valid_until(state)
    with capture_logs() as told:
        in_force = started(store, state)
        for days in (365, 31, 29, 28.5, 28, -1):
            in_force.refresh(until - int(days * DAY))
    found = [(line["log_level"], line["left"]) for line in told if line["event"] == "the signature of the content ends"]
    assert found == [("warning", 29), ("warning", 28), ("warning", -1)]


def test_a_database_that_promises_what_nobody_signed_changes_nothing(store, state, author):
    in_force = started(store, state)
    publish(store, state, author.sign())
    in_force.refresh(NOW)
    with database.session(store) as s:
        s.add(ContentRow(version=9, published=NOW, by="x", digest="0" * 64, marked="", rules=0, yara=0))
    assert not in_force.refresh(NOW)
    assert in_force.rules.version == 1
    assert report(store)[:2] == (1, 9)


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"version": 1, "bundle": "{}"}', b"\xff"])
def test_a_damaged_last_good_is_not_taken(store, state, author, damage):
    publish(store, state, author.sign())
    started(store, state).refresh(NOW)
    (state.content / "judge" / "good.json").write_bytes(damage)
    again = started(store, state)
    assert again.rules.judge is None
    assert again.refresh(NOW), "what is on offer is taken instead"


def test_indicators_come_into_force_with_the_rules_and_stay_after_a_restart(store, state, author):
    author.listing("evil.example", "203.0.113.7")
    publish(store, state, author.sign())
    in_force = started(store, state)
    assert in_force.refresh(NOW)
    assert in_force.rules.indicators.counts == {"domain": 1, "address": 1}
    again = started(store, state)
    assert (again.rules.indicators.counts, again.listed) == (in_force.rules.indicators.counts, in_force.listed)
    author.listing("worse.example")
    publish(store, state, author.sign())
    assert again.refresh(NOW)
    assert again.rules.indicators.counts == {"domain": 1}
    assert again.listed != in_force.listed
    assert [path.name for path in (state.content / "judge").glob("*.indicators")] == ["2.indicators"]
    assert in_force.rules.indicators.counts == {"domain": 1, "address": 1}, "what is in use stays mapped"
    author.listing()
    publish(store, state, author.sign())
    assert again.refresh(NOW)
    assert (again.rules.indicators, again.listed) == (None, "")
    assert started(store, state).rules.indicators is None
    assert not list((state.content / "judge").rglob("*.indicators"))


def test_indicators_that_do_not_load_are_refused_and_the_last_good_stay(store, state, author, monkeypatch):
    author.listing("evil.example")
    publish(store, state, author.sign())
    in_force = started(store, state)
    in_force.refresh(NOW)
    with monkeypatch.context() as patched:
        patched.setattr(bundles, "open_indicators", lambda _bundle: None)  # a collector that lets it through
        publish(store, state, author.sign(indicators=zstd.compress(b"no set of indicators")))
    assert not in_force.refresh(NOW)
    assert (in_force.rules.version, in_force.rules.indicators.counts) == (1, {"domain": 1})
    version, refused, reason = report(store)
    assert (version, refused) == (1, 2)
    assert "bundle 2: the indicators do not load: no set of indicators" in reason
    again = started(store, state)
    assert (again.rules.version, again.rules.indicators.counts) == (1, {"domain": 1})


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"bit rot")])
def test_last_good_indicators_that_were_damaged_are_taken_anew(store, state, author, damage):
    author.listing("evil.example")
    publish(store, state, author.sign())
    started(store, state).refresh(NOW)
    damage(state.content / "judge" / "1.indicators")
    again = started(store, state)
    assert again.rules.version == 0
    assert again.refresh(NOW)
    assert (again.rules.version, again.rules.indicators.counts) == (1, {"domain": 1})
