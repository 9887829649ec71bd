from tramgac_collector.workshop.sample_words import SampleSay


def test_braces_of_examples_are_written():
    assert SampleSay.WRITE_OBJECT.of() == 'Write {"fires": [...], "near_misses": [...]}.'
    for word in SampleSay:
        if "of {what}" not in word.en and word.name.startswith(("WRITE", "ADD")):
            assert "{{" not in word.of()
