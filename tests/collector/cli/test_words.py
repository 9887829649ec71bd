import re
from pathlib import Path

from tramgac_collector.cli import words
from tramgac_collector.cli.words import Word

SOURCES = Path(words.__file__).parents[1]


def test_every_word_is_said_somewhere():
    text = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*.py"))
    said = set(re.findall(r"\bWord\.([A-Z_]+)\b", text))
    assert said == set(Word.__members__)
