import re
import string
from pathlib import Path

import pytest
from tramgac_collector.cli import exception_words
from tramgac_collector.cli.exception_words import ExceptionWord


@pytest.mark.parametrize("word", ExceptionWord)
def test_both_languages_need_the_same_parameters(word):
    names = [{name for _, name, *_ in string.Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert names[0] == names[1]
    assert word.en != word.vi


def test_every_word_is_said_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in Path(exception_words.__file__).parent.rglob("*.py"))
    assert set(re.findall(r"\bExceptionWord\.([A-Z_]+)\b", text)) == set(ExceptionWord.__members__)
