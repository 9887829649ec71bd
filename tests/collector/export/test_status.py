from tramgac_collector import database
from tramgac_collector.export import notes, places
from tramgac_collector.export.notes import Note
from tramgac_collector.export.places import Gap, Place, Told
from tramgac_collector.export.status import status

from tests.collector.export.sources.test_outbox import raise_one
from tests.collector.export.test_settings import FILE, TCP


def told(store, state):
    with database.reading(store) as s:
        found = status(s, state)
    return found, {row["name"]: row for row in found["targets"]}


def test_targets_stand_with_their_place_and_how_they_go_on(store, state, now):
    state.export_settings.write_text(FILE + TCP)
    raise_one(store, 1, now)
    with database.session(store) as s:
        places.begin(s, "diode", "alerts", Place(), now)
        places.begin(s, "gone", "alerts", Place(position=1), now)
        places.move(s, "diode", Place(), Place(time=now), Told(3, 1, [Gap(4, 9, "outbox_trimmed")]), {}, now)
    notes.leave(state, [Note("siem", "away", 0, "refused", "bị từ chối", now)], None, now)
    found, rows = told(store, state)
    assert (found["fault"], list(rows)) == (None, ["diode", "siem", "gone"])
    diode = rows["diode"]
    assert (diode["sent"], diode["refused"], diode["behind"], diode["target"]) == (3, 1, 1, "/srv/out")
    assert [(gap["first"], gap["next"], gap["reason"]) for gap in diode["gaps"]] == [(4, 9, "outbox_trimmed")]
    assert (rows["siem"]["state"], rows["siem"]["trouble"]["vi"]) == ("away", "bị từ chối")
    assert (rows["gone"]["target"], rows["gone"]["behind"]) == ("", 0)


def test_a_file_that_is_wrong_is_told_in_both_languages(store, state):
    state.export_settings.write_text("x = 1")
    found, rows = told(store, state)
    assert "there is no such setting" in found["fault"]["en"]
    assert "không có thiết lập này" in found["fault"]["vi"]
    assert rows == {}
