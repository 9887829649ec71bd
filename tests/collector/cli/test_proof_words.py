import string

import pytest
from tramgac_collector.cli.proof_words import ProofWord, kind
from tramgac_collector.proof.findings import KINDS


@pytest.mark.parametrize("word", ProofWord)
def test_both_languages_need_the_same_parameters(word):
    names = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert names[0] == names[1]
    assert word.en != word.vi


def test_each_kind_of_finding_is_said():
    said = {kind(name) for name in KINDS}
    assert said == {word for word in ProofWord if word.name.startswith("FOUND_")}
