from tramgac_rules.authoring.indicators.words import Tell


def test_advice_is_a_whole_sentence_in_both_languages():
    """What is wrong goes before [kind], what to do behind it: the one begins small, the other with a capital."""
    for word in Tell:
        if word.en[0].isupper() and "no" not in word.en.split()[:1]:
            assert word.en.endswith((".", "?")), word
            assert word.vi.endswith((".", "?")), word
