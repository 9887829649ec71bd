from tramgac_collector import database
from tramgac_collector.notify import keeping

from tests.collector.notify.briefs import notice
from tests.collector.notify.test_settings import WHOLE
from tests.tools.console import Console


def give_up(console: Console) -> None:
    with database.session(console.engine) as s:
        keeping.numbered(s, "soc", 1)
        keeping.given_up(s, "soc", [notice(3)])


def test_how_it_stands(console: Console):
    assert console.signed_in("analyst").get("/api/notify").status_code == 403
    assert console.local().get("/api/notify").json() == {
        "path": str(console.services.paths.notify),
        "fault": None,
        "channels": [],
    }
    console.services.paths.notify.write_text(WHOLE)
    give_up(console)
    told = console.signed_in("auditor").get("/api/notify").json()
    assert [(row["name"], row["given_up"], row["lost"]) for row in told["channels"]] == [
        ("soc", 3, 3),
        ("chat", 0, 0),
        ("siem", 0, 0),
    ]


def test_what_was_given_up_is_tried_again_or_forgotten(console: Console):
    give_up(console)
    assert console.signed_in("auditor").post("/api/notify/soc/retry").status_code == 403
    assert console.local().post("/api/notify/soc/retry").json() == {"channel": "soc", "alerts": 3}
    with database.session(console.engine) as s:
        assert len(keeping.take_again(s)) == 1
    give_up(console)
    assert console.local().post("/api/notify/soc/forget").json() == {"channel": "soc", "alerts": 3}
    assert console.local().post("/api/notify/nobody/forget").json()["alerts"] == 0
    rows = console.local().get("/api/audit").json()["items"]
    assert [row["action"] for row in rows[:3]] == ["notify.forget", "notify.forget", "notify.retry"]
