import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from tramgac_collector import audit, database
from tramgac_collector.audit import Broken


def fill(store, now, count=5):
    with database.session(store) as s:
        for number in range(count):
            audit.write(s, "an", "alert.verdict", f"alert {number}", {"verdict": "benign", "n": number}, now + number)


def tamper(store, statement):
    """Change the trail as someone who owns the database can."""
    with store.begin() as connection:
        if store.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_no_UPDATE"))
            connection.execute(text("DROP TRIGGER audit_no_DELETE"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


def test_a_trail_that_is_whole(store, now):
    fill(store, now)
    with database.reading(store) as s:
        assert audit.verify(s) is None
        assert [row.id for row in audit.page(s, limit=2)] == [5, 4]
        assert [row.id for row in audit.page(s, before=4, limit=2)] == [3, 2]


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_refuses_changes(store, now, statement):
    fill(store, now)
    with pytest.raises(DatabaseError, match="append-only"), store.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE audit SET actor = 'binh' WHERE id = 3", Broken(3, "changed")),
        ("UPDATE audit SET time = time + 1 WHERE id = 1", Broken(1, "changed")),
        ("UPDATE audit SET detail = '{}' WHERE id = 5", Broken(5, "changed")),
        ("DELETE FROM audit WHERE id = 2", Broken(2, "missing")),
        ("DELETE FROM audit WHERE id = 5", Broken(5, "missing")),
        ("DELETE FROM audit", Broken(1, "missing")),
    ],
)
def test_what_was_changed_around_the_program_is_seen(store, now, statement, found):
    fill(store, now)
    tamper(store, statement)
    with database.reading(store) as s:
        assert audit.verify(s) == found


def test_an_act_that_did_not_happen_is_not_told(store, now):
    with database.Session(store) as s:
        audit.write(s, "an", "x", "y", {}, now)
        s.rollback()
    fill(store, now, 1)
    with database.reading(store) as s:
        assert audit.verify(s) is None
        assert len(audit.page(s)) == 1


def test_hostile_text_is_kept_as_data(store, now):
    with database.session(store) as s:
        audit.write(s, "a\x00\ud800", "login", "<script>", {"from\x00": "\ud800'; --"}, now)
    with database.reading(store) as s:
        assert audit.verify(s) is None
