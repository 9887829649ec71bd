from tramgac_rules.authoring.importing.words import Taken


def test_what_refuses_a_source_names_what_to_do_or_what_it_is():
    for word in (Taken.NO_RULES, Taken.MUCH, Taken.LARGE_ARCHIVE, Taken.MANY_FILES, Taken.CHANGED, Taken.ODD_MANIFEST):
        assert ": " in word.en
        assert ": " in word.vi
