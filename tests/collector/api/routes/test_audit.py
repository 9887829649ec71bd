from tramgac_collector import audit, database

from tests.tools.console import Console


def written(console: Console, count: int) -> None:
    with database.session(console.engine) as s:
        for number in range(count):
            audit.write(s, "an", "test", str(number), {"n": number}, console.clock())


def test_the_trail_in_pages_newest_first(console: Console):
    written(console, 5)
    client = console.local()
    first = client.get("/api/audit", params={"limit": 3}).json()
    assert [row["object"] for row in first["items"]] == ["4", "3", "2"]
    assert first["items"][0]["detail"] == {"n": 4}
    second = client.get("/api/audit", params={"limit": 3, "before": first["next"]}).json()
    assert [row["object"] for row in second["items"]] == ["1", "0"]
    assert second["next"] is None


def test_a_trail_that_was_changed_is_told(console: Console):
    written(console, 3)
    client = console.local()
    assert client.get("/api/audit/verify").json() == {"ok": True, "broken": None}
    with console.engine.begin() as connection:
        for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit SET actor = 'eve' WHERE id = 2")
    assert client.get("/api/audit/verify").json() == {"ok": False, "broken": {"id": 2, "what": "changed"}}
