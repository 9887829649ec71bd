import json

import pytest
from backports import zstd
from tramgac_rules.about import FORMAT, MAX_STEPS, MAX_TEXT, About, Book
from tramgac_rules.errors import PackError

SAID = {"r": {"description": "what", "triage": ["look", "ask"], "path": "r.yml"}, "s": {}}


def packed(told):
    return zstd.compress(json.dumps(told).encode())


def entry(**said):
    return {"format": FORMAT, "about": {"r": said}}


def test_what_is_said_is_read_when_it_is_asked_for():
    book = Book(packed({"format": FORMAT, "about": SAID}))
    assert book._entries is None
    book.check()
    assert book._entries is None, "a check keeps nothing"
    assert book.about("r") == About(description="what", triage=("look", "ask"), path="r.yml")
    assert book._entries is not None
    assert book.about("s") == book.about("nobody") == About()


def test_a_part_that_was_just_compiled_needs_no_packing():
    assert Book.of({"format": FORMAT, "about": SAID}).about("r").path == "r.yml"
    assert Book().about("r") == About()


def test_what_a_later_release_says_beside_is_let_be():
    assert Book.of(entry(description="what", song="la")).about("r") == About(description="what")


@pytest.mark.parametrize(("told", "said"), [
    ({"format": 9, "about": {}}, "format 9 is unknown"),
    ([], "format"),
    ({"format": FORMAT, "about": []}, "an object with at most"),
    ({"format": FORMAT, "about": {"r": 1}}, r"about\[r\]: an object"),
    (entry(description=1), "description: a text"),
    (entry(title_vi="x" * (MAX_TEXT + 1)), "title_vi: a text of at most"),
    (entry(triage="look"), "triage: a list"),
    (entry(triage=["x"] * (MAX_STEPS + 1)), "at most 100"),
    (entry(references=[1]), "references: a list"),
])  # fmt: skip
def test_what_is_broken_is_refused_with_its_place(told, said):
    book = Book(packed(told))
    for asked in (book.check, lambda: book.about("r"), lambda: Book.of(told)):
        with pytest.raises(PackError, match=said):
            asked()


@pytest.mark.parametrize("data", [b"x", packed(SAID)[:-4], zstd.compress(b"{"), zstd.compress(b"[" * 200_000)])
def test_bytes_that_are_none_are_refused(data):
    with pytest.raises(PackError, match="about: "):
        Book(data).check()


def test_a_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr("tramgac_rules.about.MAX_BYTES", 1_000)
    with pytest.raises(PackError, match="more than 1000 bytes"):
        Book(packed(entry(description=" " * 10_000))).check()
