import re
from pathlib import Path

from tramgac_collector.export import words
from tramgac_collector.export.words import Exporting

ROOM = Path(words.__file__).parents[1]


def test_every_word_is_said_somewhere():
    files = [*ROOM.glob("export/**/*.py"), *ROOM.glob("cli/**/*.py")]
    said = set(re.findall(r"\bExporting\.([A-Z_]+)\b", "\n".join(file.read_text("utf-8") for file in files)))
    assert said == set(Exporting.__members__)


def test_both_languages_name_the_same():
    for word in Exporting:
        assert set(re.findall(r"{(\w+)}", word.en)) == set(re.findall(r"{(\w+)}", word.vi)), word
