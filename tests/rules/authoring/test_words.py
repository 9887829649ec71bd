from tramgac_rules.authoring.words import Say


def test_sentences_name_the_key_and_advice_is_a_whole_sentence():
    """What is wrong goes before [kind], what to do behind it: the one begins small, the other with a capital."""
    for word in Say:
        assert word.en == word.en.strip() or word.name == "OR", word
        if word.en[0].isupper() and word.name not in ("REGEX", "SYSMON_CHANNEL"):
            assert word.en.endswith((".", "?")), word
            assert word.vi.endswith((".", "?")), word
