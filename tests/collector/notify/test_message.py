import datetime as dt
import json

import pytest
from tramgac_collector.cli.terminal import visible
from tramgac_collector.notify.message import Frame, compose, level_text
from tramgac_collector.notify.message import test as trial
from tramgac_collector.notify.queue import REST
from tramgac_collector.vocabulary import LEVELS

from tests.collector.notify.briefs import HOSTILE, brief, notice

FRAME = Frame("https://gac.example.vn/", dt.UTC)


def test_one_alert_in_both_languages():
    english = compose("soc", [notice()], FRAME)
    assert english.subject == "high: Shadow copies deleted on pc-1"
    assert english.text == (
        "high: Shadow copies deleted on pc-1\n"
        "  2026-09-21T13:46:40Z  pc-1  an  vssadmin delete shadows 1\n"
        f"    https://gac.example.vn/#/alerts/{1:032x}\n"
    )
    vietnamese = compose("soc", [notice(language="vi", site="Huế", stage="provisional")], Frame(zone=dt.UTC))
    assert vietnamese.subject == "cao: Xóa bản sao lưu trên pc-1"
    assert "pc-1 (Huế)" in vietnamese.text
    assert "(tạm thời: " in vietnamese.text
    assert "https" not in vietnamese.text


def test_many_alerts_are_told_by_number():
    told = compose("soc", [notice(250)], FRAME)
    assert told.subject == "high: Shadow copies deleted (+249)"
    assert "  250 alerts, 2026-09-21 14:13:20 +0000 to 2026-09-21 14:14:20 +0000\n" in told.text
    assert told.text.endswith("  and 240 more\n")
    assert (told.document["count"], len(told.document["notices"][0]["alerts"])) == (250, 10)


def test_many_notices_say_that_they_were_held_back():
    notices = [notice(2, key=f"1:{number}", level="critical" if number == 7 else "low") for number in range(150)]
    told = compose("soc", notices, FRAME)
    assert told.subject == "critical: 300 alerts of 150 kinds"
    assert told.text.startswith("These were held back")
    assert told.text.endswith("and alerts of 50 more kinds\n")
    assert len(told.document["notices"]) == 100
    assert len(told.text) < 60_000


def test_what_did_not_fit_is_told_with_its_titles():
    told = compose("soc", [notice(3, key=REST)], FRAME)
    assert told.subject == "high: other alerts (too many kinds to tell each) (+2)"
    assert "Shadow copies deleted  pc-2" in told.text
    assert told.document["notices"][0]["rule"] is None


def test_texts_of_hosts_cannot_act():
    names = ("title", "hostname", "site", "user", "summary", "rule")
    told = compose("soc", [notice(3, **dict.fromkeys(names, HOSTILE))], FRAME)
    for line in [told.subject, *told.lines, *told.text.splitlines()]:
        assert visible(line) == line
    assert len(told.text.splitlines()) == 8
    assert json.loads(json.dumps(told.document))["notices"][0]["alerts"][0]["summary"] == HOSTILE


def test_the_same_notices_are_the_same_message():
    assert compose("soc", [notice(2)], FRAME).id == compose("soc", [notice(2)], Frame()).id
    others = [compose("chat", [notice(2)], FRAME), compose("soc", [notice(3)], FRAME), trial("soc", "vi", 1)]
    assert len({told.id for told in [compose("soc", [notice(2)], FRAME), *others]}) == 4


def test_a_test_says_so():
    assert trial("soc", "en", 1).text == "A test of this channel: nothing has happened.\n"
    assert trial("soc", "vi", 1).subject.startswith("Thử kênh")
    assert trial("soc", "en", 1).document["test"]


@pytest.mark.parametrize("level", LEVELS)
def test_each_severity_has_words(level):
    assert level_text(level, 0) == level
    assert level_text(level, 1) != level


def test_a_host_without_a_name_is_told_by_its_id():
    assert brief(hostname="").host in compose("soc", [notice(hostname="")], FRAME).subject
