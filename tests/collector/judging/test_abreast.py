from tramgac_collector import ingest, judges
from tramgac_collector.judging.abreast import A_MOMENT_S, Abreast
from tramgac_collector.judging.place import Place

from tests.collector.judging.conftest import started
from tests.collector.judging.feed import start


def test_silence_waits_until_all_judges_have_read_what_we_had(ready, state, feed):
    judge, now = started(ready, state), [0.0]
    feed.send(start("x"))
    judge.drain()
    assert Abreast(judge).look(), "there is no other"
    judge.place = Place(judges.Seat(1, 2))
    abreast = Abreast(judge, lambda: now[0])
    assert not abreast.look(), "nothing is known of it yet"
    assert not abreast.look(), "it is behind"
    ingest.tell_cursor(state, "judge-2", judge.position)
    judge.position = feed.send(start("x")) + 1
    assert abreast.look(), "it is where we were a moment ago, if not where we are"
    ingest.tell_cursor(state, "judge-2", judge.position)
    now[0] += A_MOMENT_S
    assert not abreast.look(), "where we were long ago"
    assert abreast.look()
