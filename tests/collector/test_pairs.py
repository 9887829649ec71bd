import importlib
import re
import string
from pathlib import Path

import pytest
import tramgac_collector
from tramgac_collector.cli.verdict_words import VerdictWord
from tramgac_collector.notify.words import Notify
from tramgac_collector.pairs import Both, Pair, join, pick, retold, vietnamese
from tramgac_collector.troubles import Trouble

ROOM = Path(tramgac_collector.__file__).parent


def every_set() -> list[type[Pair]]:
    """All sets of sentences that there are in the collector."""
    found = []
    for path in ROOM.rglob("*.py"):
        for name in re.findall(r"^class (\w+)\(Pair\):", path.read_text("utf-8"), re.MULTILINE):
            dotted = ".".join(path.relative_to(ROOM.parent).with_suffix("").parts)
            found.append(getattr(importlib.import_module(dotted), name))
    return found


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_has_its_twin_with_the_same_parameters():
    sets = every_set()
    assert Trouble in sets
    assert len(sets) > 5
    for word in (word for words in sets for word in words):
        assert word.vi, word
        assert places(word.en) == places(word.vi), word
        bare = set("".join(part for part, *_ in string.Formatter().parse(word.en)))
        assert word.en != word.vi or not any(letter.isalpha() for letter in bare), word  # places alone


def test_no_sentence_stands_twice():
    for words in every_set():
        assert len({word.en for word in words}) == len(words.__members__), words


def test_a_number_chooses_the_word_beside_it_wherever_it_stands():
    counts, sentences = set(), [word.en for words in every_set() for word in words]
    for parts in map(string.Formatter().parse, sentences):
        counts |= {name for _, name, spec, _ in parts if spec and "|" in spec}
    plural = re.compile(rf"\{{(?:{'|'.join(counts)})\}} (?!across)[a-z]+s\b")
    assert [text for text in sentences if plural.search(text)] == []
    for one, many in ((1, "1 alert closed: x"), (2, "2 alerts closed: x")):
        assert VerdictWord.CLOSED.both(count=one, verdict="x").en == many


def test_what_was_written_in_english_is_told_in_vietnamese():
    told = Notify.NO_ANSWER.both(host="chat", port=443, why="timed out")
    assert retold(told.en, Notify) == told.vi
    told = Notify.NO_CHANNEL.both(name="a'b")
    assert retold(told.en, Notify) == told.vi
    assert retold("250 queued as ABC", Notify) == "250 queued as ABC"


def test_a_text_within_a_text_goes_in_by_its_language():
    inner = Trouble.AT_LEAST.both(limit=3)
    outer = Trouble.PLACE.both(where="/x", why=inner, advice="y")
    assert outer == Both("/x: must be 3 at least; y", "/x: phải ít nhất là 3; y")
    assert join("; ", [inner, Both("a", "b")]) == Both("must be 3 at least; a", "phải ít nhất là 3; b")
    with pytest.raises(KeyError):
        Trouble.AT_LEAST.both()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "vi_VN.UTF-8"}, True),
        ({"LANG": "vi"}, True),
        ({"LANG": "en_GB.UTF-8"}, False),
        ({"LANG": "vi_VN", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_MESSAGES": "vi_VN.UTF-8"}, True),
        ({"LANG": "vim_XX"}, False),
        ({}, False),
    ],
)
def test_the_locale_chooses(monkeypatch, variables, expected):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert vietnamese() is expected
    assert pick(("en", "vi")) == ("vi" if expected else "en")
