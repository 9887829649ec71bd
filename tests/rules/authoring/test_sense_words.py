from tramgac_rules.authoring.sense_words import Sense


def test_advice_is_a_whole_sentence_and_what_is_wrong_is_not():
    """What is wrong goes before [kind], what to do behind it: the one begins small, the other with a capital."""
    for word in Sense:
        for text in (word.en, word.vi):
            assert text == text.strip(), word
            assert text.endswith(".") == word.en[0].isupper(), word
