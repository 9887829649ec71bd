from tramgac_collector.cli.doctor_exceptions import exceptions
from tramgac_proto.names import time_text

NOW = 1_790_000_000.0


def row(number, *, days=90.0, held_a_day=0.0, fault=""):
    expires = time_text(int((NOW + days * 86_400) * 1e9)) if days else None
    return {
        "id": number,
        "rule": "r",
        "title": "Rule",
        "title_vi": "Luật",
        "expires": expires,
        "held_a_day": held_a_day,
        "fault": fault,
    }


def test_what_is_well(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert exceptions([], NOW) == ("exceptions", True, "0 in force")
    assert exceptions([row(1), row(2, days=0), row(3, held_a_day=500)], NOW) == ("exceptions", True, "3 in force")


def test_what_ends_soon_is_told_and_is_no_fault(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    _, ok, said = exceptions([row(1, days=6.9), row(2, days=7.1)], NOW)
    assert (ok, said.startswith("ending within 7 days: 1 (Rule);")) == (True, True)


def test_what_holds_back_too_much_or_cannot_be_read(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    _, ok, said = exceptions([row(1, held_a_day=501), row(2, fault="odd")], NOW)
    assert not ok
    assert said.startswith("not readable, so nothing is held back: 2 (Rule);")
    assert "held back more than 500 a day: 1 (Rule);" in said
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert exceptions([row(2, fault="odd")], NOW)[2].startswith("không đọc được nên không chặn gì: 2 (Luật);")
    assert "2 (mọi luật)" in exceptions([{**row(2, fault="odd"), "rule": "*"}], NOW)[2]
    assert "2 (Rule)" in exceptions([{**row(2, fault="odd"), "title_vi": ""}], NOW)[2]
