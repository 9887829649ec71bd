import json
import re
from pathlib import Path

import pytest
from tramgac_collector import vocabulary
from tramgac_collector.vocabulary_words import VocabularyWord, both, in_words, typed

PAGE = Path(__file__).parents[2] / "dashboard/web/src/i18n/vi.ts"
SETS = {
    "level": vocabulary.LEVELS,
    "status": vocabulary.STATUSES,
    "verdict": vocabulary.VERDICTS,
    "state": (*vocabulary.RULE_STATES, vocabulary.DEFAULT, "parked"),
}


@pytest.mark.parametrize("among", SETS)
def test_every_word_of_a_set_has_its_own_and_english_is_what_is_typed(among):
    ours = {word.en for word in VocabularyWord if word.name.startswith(f"{among.upper()}_")}
    assert ours == set(SETS[among])
    assert all(both(among, word).en == word for word in SETS[among])


def test_in_vietnamese_they_are_the_page_s():
    page = dict(re.findall(r'^  ((?:level|status|verdict)_\w+): ("[^"]*"),$', PAGE.read_text("utf-8"), re.MULTILINE))
    ours = {word.name.lower(): word.vi for word in VocabularyWord}
    assert len(page) > 10
    assert {key: json.loads(said).lower() for key, said in page.items()} == {key: ours[key] for key in page}


def test_what_is_typed_stands_beside_what_is_shown(monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert typed("level", ["low", "high"]) == "low, high"
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    assert typed("level", ["low", "high"]) == "low (thấp), high (cao)"
    assert (in_words("level", "strange"), in_words("verdict", "-")) == ("strange", "-")
