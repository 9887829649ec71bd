import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tramgac_collector import database
from tramgac_collector.columns import MAX_NUMBER, clean, clean_document, fit
from tramgac_collector.schema import CursorRow, OutboxRow, TokenRow

anything = st.text(alphabet=st.characters(codec=None, categories=None))


@given(anything)
def test_clean_text_can_be_held_by_any_database(text):
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


@given(st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))
def test_good_text_stays_as_it_is(text):
    assert clean(text) == text


def test_a_number_beyond_what_a_column_holds_is_the_next_to_it():
    assert [fit(number) for number in (-(1 << 70), -3, MAX_NUMBER + 1)] == [-MAX_NUMBER, -3, MAX_NUMBER]


def test_documents_are_cleaned_all_through():
    assert clean_document({"a\x00": ["\ud800", {"b": ("x\x00y", 1, None, True, 2.5)}]}) == {
        "a\\x00": ["\\ud800", {"b": ["x\\x00y", 1, None, True, 2.5]}]
    }


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "<b>\x1b[31m\u202e", "Trạm Gác 🛡", "'; DROP TABLE alerts; --"])
def test_host_text_survives_the_database(store, text):
    with database.session(store) as s:
        s.add(TokenRow(secret_hash="0" * 64, uses=1, site=text, expires=1, created=1, created_by=""))
        s.add(OutboxRow(id=1, topic="alert", payload={text: [text]}, created=1))
    with database.reading(store) as s:
        assert s.scalars(select(TokenRow)).one().site == clean(text)
        assert s.get_one(OutboxRow, 1).payload == {clean(text): [clean(text)]}


@pytest.mark.parametrize("number", [0, -1, MAX_NUMBER, 1 << 63, (1 << 64) - 1])
def test_numbers_are_cut_to_what_a_column_holds(store, number):
    with database.session(store) as s:
        s.add(CursorRow(name="x", position=number))
    with database.reading(store) as s:
        assert s.get_one(CursorRow, "x").position == min(number, MAX_NUMBER)
