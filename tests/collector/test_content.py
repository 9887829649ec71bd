import io
import json
import zipfile

import pytest
from backports import zstd
from sqlalchemy import select
from tramgac_collector import audit, content, database, outbox
from tramgac_collector.bundle import open_indicators
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.schema import ContentRow, RoleContentRow
from tramgac_proto.names import parse_time

from tests.collector.authored import Author


@pytest.fixture
def author(tmp_path):
    made = Author(tmp_path / "author")
    made.sigma("evil")
    return made


def push(store, state, data, now, **how):
    with database.session(store) as s:
        return content.publish(s, state, data, "an", now, **how)


def on_offer(store):
    with database.reading(store) as s:
        return content.current(s)


def repacked(data, change):
    """Return the zip with its files changed: name -> bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    change(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def test_a_signed_bundle_is_put_on_offer(store, state, author, now):
    assert push(store, state, author.sign(), now) == 1
    assert on_offer(store) == 1
    with database.reading(store) as s:
        row = s.scalars(select(ContentRow)).one()
        assert (row.rules, row.yara, row.by, row.published) == (1, 0, "an", now)
        assert [(told.topic, told.payload) for told in outbox.after(s, 0)] == [("content", {"version": 1})]
    assert json.loads(content.fetch(state, "metadata/timestamp.json"))["signed"]["version"] == 1
    assert content.root_of_trust(state)


def test_whoever_fetches_verifies_by_itself(store, state, author, now, tmp_path):
    push(store, state, author.sign(), now)
    bundle = content.verified(state, tmp_path / "other-trust")
    assert (bundle.version, bundle.marked) == (1, "")
    author.sigma("evil2", number=2)
    push(store, state, author.sign(), now)
    assert content.verified(state, tmp_path / "other-trust").version == 2


def test_old_targets_go_and_the_new_is_whole(store, state, author, now):
    for number in (1, 2, 3):
        author.sigma("evil", number=number)
        push(store, state, author.sign(), now)
    names = {path.name for path in (state.content / "repository" / "targets").iterdir()}
    assert names == {path.name for path in (author.repository / "targets").iterdir()}


def test_an_older_bundle_is_refused(store, state, author, now):
    first = author.sign()
    author.sigma("evil2", number=2)
    push(store, state, author.sign(), now)
    with pytest.raises(ContentRefused, match=r"\(older\).*the content in force stays.*push it again"):
        push(store, state, first, now)
    assert on_offer(store) == 2


def test_the_same_bundle_again_is_refused(store, state, author, now):
    data = author.sign()
    push(store, state, data, now)
    with pytest.raises(ContentRefused, match="not newer"):
        push(store, state, data, now)


def test_another_author_is_refused(store, state, author, now, tmp_path):
    push(store, state, author.sign(), now)
    other = Author(tmp_path / "other")
    other.sigma("evil")
    other.sign()
    other.sigma("evil2", number=2)
    with pytest.raises(ContentRefused, match=r"\(unsigned\).*Sign the repository with its author's key"):
        push(store, state, other.sign(), now)
    assert on_offer(store) == 1


@pytest.mark.parametrize("name", ["metadata/timestamp.json", "metadata/2.snapshot.json", "metadata/2.targets.json"])
def test_what_nobody_signed_is_refused(store, state, author, now, name):
    push(store, state, author.sign(), now)
    author.sigma("evil2", number=2)
    data = author.sign()

    def unsigned(files):
        files[name] = json.dumps(json.loads(files[name]) | {"signatures": []}).encode()

    with pytest.raises(ContentRefused, match=r"\((unsigned|tampered)\)"):
        push(store, state, repacked(data, unsigned), now)
    assert on_offer(store) == 1
    assert push(store, state, data, now) == 2


def test_a_tampered_file_is_refused_whichever_it_is(store, state, author, now):
    data = author.sign()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if "sources" not in name and name != "metadata/root.json"]
    assert len(names) >= 5
    for name in names:
        broken = repacked(data, lambda files, name=name: files.__setitem__(name, _flipped(files[name])))
        with pytest.raises(ContentRefused):
            push(store, state, broken, now)
    assert on_offer(store) == 0
    assert push(store, state, data, now) == 1


def _flipped(data):
    at = len(data) // 2
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_missing_file_is_refused(store, state, author, now):
    data = author.sign()
    with pytest.raises(ContentRefused):
        push(store, state, repacked(data, lambda files: files.pop("metadata/timestamp.json")), now)
    with pytest.raises(ContentRefused, match=r"1\.root\.json"):
        push(store, state, repacked(data, dict.clear), now)


@pytest.mark.parametrize(
    "name", ["../evil", "metadata/../../evil", "/etc/passwd", "metadata/.hidden", "x/y", "targets/a/b"]
)
def test_a_zip_with_a_strange_name_is_refused(store, state, author, now, name):
    data = repacked(author.sign(), lambda files: files.__setitem__(name, b"x"))
    with pytest.raises(ContentRefused, match="no file of a repository"):
        push(store, state, data, now)


def test_a_zip_bomb_is_refused_before_it_is_opened(store, state, author, now, monkeypatch):
    monkeypatch.setattr(content, "MAX_BYTES", 100_000)
    data = repacked(author.sign(), lambda files: files.__setitem__("targets/x", b"\x00" * 200_000))
    with pytest.raises(ContentRefused, match="more than"):
        push(store, state, data, now)


@pytest.mark.parametrize("data", [b"", b"PK", b"no zip", b"PK\x05\x06" + b"\x00" * 18])
def test_what_is_no_zip_is_refused(store, state, now, data):
    with pytest.raises(ContentRefused):
        push(store, state, data, now)


def test_yara_that_does_not_compile_is_refused_with_its_place(store, state, author, now):
    push(store, state, author.sign(), now)
    (author.rules / "broken.yar").write_text("rule x {\n condition: nonsense }")
    with pytest.raises(ContentRefused, match=r"broken\.yar:2"):
        push(store, state, author.sign(), now)
    assert on_offer(store) == 1
    (author.rules / "broken.yar").unlink()
    assert push(store, state, author.sign(), now) == 3, "the next good one is taken"


def test_a_demo_s_keys_can_be_refused(store, state, author, now):
    data = author.sign(marked="demo")
    with pytest.raises(ContentRefused, match="demo"):
        push(store, state, data, now, demo_allowed=False)
    assert push(store, state, data, now) == 1


def test_a_commit_that_failed_is_mended_by_pushing_again(store, state, author, now):
    data = author.sign()
    with database.Session(store) as s:
        content.publish(s, state, data, "an", now)
        s.rollback()
    assert on_offer(store) == 0
    assert push(store, state, data, now) == 1


@pytest.mark.parametrize(
    "name", ["metadata/none.json", "../root.json", "metadata/../../control.db", "root.json", "", "\x00"]
)
def test_only_files_of_the_repository_are_given(store, state, author, now, name):
    push(store, state, author.sign(), now)
    with pytest.raises(KeyError):
        content.fetch(state, name)


def test_nothing_is_verified_while_nothing_was_published(state, tmp_path):
    assert content.root_of_trust(state) == b""
    with pytest.raises(ContentRefused, match="rules push"):
        content.verified(state, tmp_path / "trust")


def test_roles_say_what_they_have_in_force(store, now):
    with database.session(store) as s:
        content.record_role(s, "judge", version=1, refused=2, reason="does not load", now=now)
        content.record_role(s, "judge", version=3, refused=0, reason="", now=now + 1)
        row = s.scalars(select(RoleContentRow)).one()
    assert (row.role, row.version, row.refused, row.reason, row.time) == ("judge", 3, 0, "", now + 1)


def test_a_refusal_stands_in_the_audit_trail_once_and_keeps_its_first_time(store, now):
    for later in range(3):
        with database.session(store) as s:
            content.record_role(s, "judge", version=1, refused=2, reason="does not load", now=now + later)
    with database.session(store) as s:
        assert s.scalars(select(RoleContentRow)).one().time == now
        (row,) = audit.page(s)
        assert (row.actor, row.action, row.object, row.time) == ("judge", "content.refused", "2", now)
        assert json.loads(row.detail) == {"reason": "does not load"}
        content.record_role(s, "judge", version=3, refused=0, reason="", now=now + 9)
        assert len(audit.page(s)) == 1


def test_content_is_good_until_its_first_signature_ends(store, state, author, now):
    assert content.valid_until(state) == 0
    push(store, state, author.sign(), now)
    ends = [
        json.loads((author.repository / "metadata" / name).read_text())["signed"]["expires"]
        for name in ("timestamp.json", "1.snapshot.json", "1.targets.json")
    ]
    assert content.valid_until(state) == parse_time(min(ends))
    (state.content / "trust/targets.json").write_text("{")
    assert content.valid_until(state) == 0


def test_indicators_are_tried_and_counted_before_they_are_offered(store, state, author, now, tmp_path):
    author.listing("evil.example", "203.0.113.7")
    data = author.sign()
    assert push(store, state, data, now) == 1
    with database.reading(store) as s:
        assert s.scalars(select(ContentRow)).one().indicators == 2
    assert not list((state.content / "trust").glob("*.indicators")), "who uses them keeps them"
    assert content.verified(state, tmp_path / "trust").indicators is None
    bundle = content.verified(state, tmp_path / "trust", indicators=True)
    assert open_indicators(bundle).counts == {"domain": 1, "address": 1}


@pytest.mark.parametrize("packed", [zstd.compress(b"no set"), zstd.compress(b""), b"no zstd"])
def test_indicators_that_do_not_load_are_refused(store, state, author, now, packed):
    push(store, state, author.sign(), now)
    with pytest.raises(ContentRefused, match="indicators"):
        push(store, state, author.sign(indicators=packed), now)
    assert on_offer(store) == 1
    author.listing("evil.example")
    assert push(store, state, author.sign(), now) == 3
