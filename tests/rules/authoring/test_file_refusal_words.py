from tramgac_rules.authoring.file_refusal_words import FileRefusal


def test_braces_of_examples_are_written():
    assert FileRefusal.WRITE_HEX.of() == "Write two digits a byte, as { 4D 5A ?? }."
    assert "/ or }," in FileRefusal.CLOSE_ALL.of()
