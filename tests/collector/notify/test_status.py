from tramgac_collector import database
from tramgac_collector.notify import keeping
from tramgac_collector.notify.status import status

from tests.collector.notify.briefs import notice
from tests.collector.notify.test_settings import WHOLE


def test_each_channel_with_what_waits_and_how_it_fares(state, store):
    state.notify.write_text(WHOLE)
    with database.session(store) as s:
        for channel in ("soc", "gone"):
            keeping.numbered(s, channel, 1)
            keeping.store(s, channel, [notice(250)])
        keeping.failed(s, "soc", "127.0.0.1:25: why", 1_790_000_000_000_000_000)
    with database.reading(store) as s:
        told = status(s, state)
    soc, chat, siem, gone = told["channels"]
    assert soc == {
        "name": "soc",
        "kind": "mail",
        "target": "soc@example.vn, truc.ban@example.vn",
        "routes": [1],
        "waiting": 250,
        "oldest": "2026-09-21T14:13:20Z",
        "given_up": 0,
        "messages": 0,
        "alerts": 0,
        "failed": 1,
        "lost": 0,
        "last_sent": None,
        "last_failed": "2026-09-21T14:13:20Z",
        "reason": "127.0.0.1:25: why",
    }
    assert (chat["routes"], siem["routes"]) == ([1], [2])
    assert (gone["name"], gone["kind"], gone["waiting"]) == ("gone", "", 250)


def test_a_file_that_is_wrong_is_told_in_both_languages(state, store):
    state.notify.write_text("x = ")
    with database.reading(store) as s:
        fault = status(s, state)["fault"]
    assert "is no TOML" in fault["en"]
    assert "không phải TOML" in fault["vi"]
