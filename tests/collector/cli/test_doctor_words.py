import inspect
import re

from tramgac_collector.cli import doctor
from tramgac_collector.cli.doctor_words import Seen


def test_doctor_says_every_sentence():
    assert set(re.findall(r"\bSeen\.([A-Z_]+)\b", inspect.getsource(doctor))) == set(Seen.__members__)
