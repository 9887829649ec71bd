from tests.collector.export.test_settings import FILE, TCP
from tests.tools.console import Console


def test_how_they_stand(console: Console):
    assert console.signed_in("analyst").get("/api/exports").status_code == 403
    path = console.services.paths.export_settings
    assert console.local().get("/api/exports").json() == {"path": str(path), "fault": None, "targets": []}
    path.write_text(FILE + TCP)
    told = console.signed_in("auditor").get("/api/exports").json()
    assert [(row["name"], row["what"], row["sent"]) for row in told["targets"]] == [
        ("diode", "alerts", 0),
        ("siem", "alerts", 0),
    ]
