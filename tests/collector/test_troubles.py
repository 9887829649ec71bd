import re
from pathlib import Path

from tramgac_collector import troubles
from tramgac_collector.troubles import Trouble


def test_every_sentence_is_said_somewhere():
    sources = Path(troubles.__file__).parent.rglob("*.py")
    text = "\n".join(path.read_text("utf-8") for path in sources)
    assert set(re.findall(r"\bTrouble\.([A-Z_]+)\b", text)) == set(Trouble.__members__)
