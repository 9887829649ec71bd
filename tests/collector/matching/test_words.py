import re
from pathlib import Path

from tramgac_collector.matching import words


def test_every_sentence_is_said_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in Path(words.__file__).parent.glob("*.py"))
    for kind in (words.Line, words.Summary, words.Unread):
        assert set(re.findall(rf"\b{kind.__name__}\.([A-Z_]+)\b", text)) == set(kind.__members__)
