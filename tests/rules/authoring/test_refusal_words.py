from tramgac_rules.authoring.refusal_words import Refusal
from tramgac_rules.authoring.texts import Text


def test_every_sentence_is_there_in_both_languages():
    for word in Refusal:
        assert word.en
        assert word.vi != word.en
    assert Refusal.PUT_FIRST.of(word="re") == Text("Write `re` first.")
