import pytest
from tramgac_agent import triage
from tramgac_agent.health import Losses, cost, health, in_trouble
from tramgac_agent.lens import Standing
from tramgac_agent.sensors.ladder import Report
from tramgac_agent.spool import Ledger
from tramgac_proto.event_pb2 import LANE_BULK, SENSOR_STATE_ALIVE, SENSOR_STATE_BLIND, JudgeStanding, LensStanding

ALIVE = Report("process", "ebpf", SENSOR_STATE_ALIVE, "")
NO_LENS = Standing(0, (), (), 0, 0, "")
NO_JUDGE = triage.Standing(0, 0, (), (), 0, 0)
NO_EDGE = (NO_LENS, NO_JUDGE)
BLIND = Report("file", "watch", SENSOR_STATE_BLIND, "fanotify: not permitted")


def as_tuples(losses):
    return [(getattr(m, "class"), m.capability, m.count, m.first, m.last) for m in losses.all()]


def test_a_loss_has_a_first_and_a_last_time():
    losses = Losses()
    losses.set("process", "ring_full", 0, 10)
    assert losses.all() == []
    losses.set("process", "ring_full", 3, 20)
    losses.set("process", "ring_full", 3, 30)
    losses.set("process", "ring_full", 5, 40)
    losses.gap("", "agent_down", 1, 9)
    losses.gap("", "agent_down", 15, 19)
    assert as_tuples(losses) == [
        ("ring_full", "process", 5, 20, 40),
        ("agent_down", "", 0, 1, 9),
        ("agent_down", "", 0, 15, 19),
    ]


def test_the_message_says_sensors_books_losses_and_cost():
    losses = Losses()
    losses.set("file", "filter", 2, 5)
    ledger = {3: Ledger(emitted=10, acked=6, spooled=3, dropped={"spool_full": 1, "spool_age": 0})}
    said = health("1.2.3", [ALIVE, BLIND], ledger, losses, edge=NO_EDGE, last_words="bye")
    assert (said.agent_version, said.last_words) == ("1.2.3", "bye")
    assert [(s.capability, s.rung, s.state, s.why) for s in said.sensors] == [tuple(ALIVE), tuple(BLIND)]
    (lane,) = said.lanes
    assert (lane.lane, lane.emitted, lane.acked, lane.spooled, dict(lane.dropped)) == (
        LANE_BULK,
        10,
        6,
        3,
        {"spool_full": 1},
    )
    assert len(said.missed) == 1
    assert 0 < said.cpu <= cost()[0]
    assert said.memory > 1_000_000


def test_trouble_is_any_capability_that_does_not_see():
    assert not in_trouble([ALIVE])
    assert in_trouble([ALIVE, BLIND])


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (NO_LENS, None),
        (
            Standing(2, ("network", "seccomp"), ("user",), 3, 4, ""),
            LensStanding(rules=2, held=["network", "seccomp"], missing=["user"], skipped=3, refused=4),
        ),
        (NO_LENS._replace(trouble="x" * 5000), LensStanding(trouble="x" * 1024)),
    ],
)
def test_the_message_says_how_the_lens_stands(standing, said):
    told = health("1", [ALIVE], {}, Losses(), edge=(standing, NO_JUDGE))
    assert (told.lens if told.HasField("lens") else None) == said


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (NO_JUDGE, None),
        (NO_JUDGE._replace(failures=3), JudgeStanding(failures=3)),
        (
            triage.Standing(9, 2, ("a", "b"), ("dear", "dearer"), 0, 4),
            JudgeStanding(rules=9, parked=2, parked_rules=["a", "b"], parked_why=["dear", "dearer"], idle=4),
        ),
        (
            NO_JUDGE._replace(parked=1, parked_rules=("x" * 5000,), parked_why=("",)),
            JudgeStanding(parked=1, parked_rules=["x" * 1024], parked_why=[""]),
        ),
    ],
)
def test_the_message_says_how_the_judge_stands(standing, said):
    told = health("1", [ALIVE], {}, Losses(), edge=(NO_LENS, standing))
    assert (told.judge if told.HasField("judge") else None) == said


def test_the_last_books_of_earlier_epochs_stand_apart():
    last = Ledger(emitted=9, acked=4, spooled=0, dropped={"spool_full": 5}, missing_from=6)
    said = health("1", [ALIVE], {2: last}, Losses(), edge=NO_EDGE, closed={7: {3: last}})
    assert [(lane.lane, lane.epoch, lane.missing_from) for lane in said.lanes] == [(2, 0, 0)]
    (lane,) = said.closed
    assert (lane.lane, lane.epoch, lane.emitted, lane.acked, lane.missing_from) == (3, 7, 9, 4, 6)
