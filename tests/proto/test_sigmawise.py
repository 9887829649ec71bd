"""Columns of many events are what Sigma sees of each."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import ENVELOPE, KINDS, kind_of, put_sigma
from tramgac_proto.sigmawise import SigmaColumns, is_written

from tests.proto.events import events
from tests.tools.examples import examples


@settings(max_examples=examples(25))
@given(st.lists(events(), max_size=4))
def test_columns_are_what_sigma_sees_of_each(some):
    for kind in {kind_of(event) for event in some}:
        mine = [event for event in some if kind_of(event) == kind]
        columns = SigmaColumns(kind, mine)
        names = {field.sigma for field in (*ENVELOPE, *(KINDS[kind].fields if kind else ())) if field.sigma}
        found = {name: columns.column(name) or [None] * len(mine) for name in names}
        for place, event in enumerate(mine):
            seen = {}
            put_sigma(event, kind, seen)
            assert {name: found[name][place] for name in names if found[name][place] is not None} == seen
        assert columns.column("Unheard") is None


@settings(max_examples=examples(50))
@given(events())
def test_what_is_not_written_stands_in_the_encoded_event(event):
    seen, blob = {}, event.SerializeToString()
    put_sigma(event, kind_of(event), seen)
    for value in seen.values():
        for text in (value,) if isinstance(value, str) else value:
            assert text.encode() in blob or is_written(text.lower())


def test_a_name_stands_for_one_field_of_a_kind():
    for kind in KINDS.values():
        names = [field.sigma for field in (*ENVELOPE, *kind.fields) if field.sigma]
        assert len(names) == len(set(names)), kind.name


def test_words_of_programs_are_not_written():
    assert [is_written(piece) for piece in ("mimilib", "4624", "tcp", "rue", "sha256=ab", "")] == [
        False, True, True, True, True, True,
    ]  # fmt: skip
    seen = {}
    put_sigma(Event(), "", seen)
    assert seen == {}
