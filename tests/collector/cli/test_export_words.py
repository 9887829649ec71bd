import re
from pathlib import Path
from string import Formatter

import pytest
from tramgac_collector.cli import export_words
from tramgac_collector.cli.export_words import ExportHead, ExportState, ExportWord, Formatted
from tramgac_collector.export.worker import Worker


@pytest.mark.parametrize("word", [*ExportWord, *ExportHead, *ExportState, *Formatted])
def test_both_languages_have_the_same_parameters(word):
    fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (word.en, word.vi)]
    assert fields[0] == fields[1]
    assert word.vi


def test_every_word_is_said_somewhere_and_every_state_has_one():
    text = (Path(export_words.__file__).parent / "commands" / "export.py").read_text("utf-8")
    for kind in (ExportWord, ExportHead):
        assert set(re.findall(rf"\b{kind.__name__}\.([A-Z_]+)\b", text)) == set(kind.__members__)
    assert {"sends", "waits", "away"} == {name.lower() for name in ExportState.__members__}
    assert Worker.__dataclass_fields__["state"].default == "waits"
