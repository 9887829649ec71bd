import string

import pytest
from tramgac_collector.backup.words import BackupWord


@pytest.mark.parametrize("word", BackupWord)
def test_both_languages_need_the_same_parameters(word):
    names = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert names[0] == names[1]
    assert word.en != word.vi or word is BackupWord.BAD_KEY_FILE
