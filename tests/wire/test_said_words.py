import json
import re
from pathlib import Path

import pytest
from tramgac_wire.said_words import Said

PAGE = Path(__file__).parents[2] / "dashboard/web/src/i18n"


@pytest.mark.parametrize("language", ["en", "vi"])
def test_they_are_the_page_s_words(language):
    text = (PAGE / f"{language}.ts").read_text("utf-8")
    page = re.findall(r'^  said_(\w+):\s+("(?:[^"\\]|\\.)*"),?$', text, re.MULTILINE)
    assert {word.name.lower(): getattr(word, language) for word in Said} == {
        key: json.loads(said) for key, said in page
    }
