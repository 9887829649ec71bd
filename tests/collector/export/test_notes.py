from tramgac_collector.export import notes
from tramgac_collector.export.notes import Note


def test_a_note_is_read_as_it_was_left(state):
    assert notes.read(state)["targets"] == []
    notes.leave(state, [Note("a", "away", 7, "why", "vì sao", 3)], ("wrong", "sai"), 11)
    found = notes.read(state)
    assert (found["as_of"], found["trouble"]) == (11, ["wrong", "sai"])
    assert Note(**found["targets"][0]) == Note("a", "away", 7, "why", "vì sao", 3)
    state.exports.write_text("{")
    assert notes.read(state)["as_of"] == 0
