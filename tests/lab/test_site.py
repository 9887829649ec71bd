"""What an agent of a lane says of its own truth."""

import json

import pytest

from tests.lab.site import Agent


@pytest.mark.parametrize(("flushed", "twice"), [("flushed\n", 1), ("", 0)])
def test_a_sequence_is_given_twice_only_where_both_events_were_flushed(tmp_path, flushed, twice):
    truth = tmp_path / "truth"
    killed = f"began\n00ab 2 1 m1-0 5\nflushed\n00ab 2 2 m1-1 6\n{flushed}"
    truth.write_text(f"{killed}began\n00ab 2 2 m2-0 7\nflushed\n00ab 2 1\n")
    agent = Agent(tmp_path, truth, 1)
    assert agent.given_twice() == twice
    assert [sequence for _, _, sequence, _ in agent.written()] == [1, 2, 2]


@pytest.mark.parametrize(
    ("said", "rests"),
    [(None, False), ((False, 3), False), ((True, 2), False), ((True, 3), True)],
    ids=["says nothing", "has more to write", "waits", "rests"],
)
def test_an_agent_rests_once_all_is_written_and_acknowledged(said, rests, tmp_path):
    agent = Agent(tmp_path, tmp_path / "truth", 1)
    if said:
        done, acked = said
        books = {"2": {"emitted": 3, "acked": acked}}
        agent.truth.with_suffix(".json").write_text(json.dumps({"epoch": 1, "ledger": books, "done": done}))
    assert agent.at_rest() is rests
