"""What an older program wrote is read the same: every golden file of every generation decodes to the JSON beside it."""

import json
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict
from tramgac_proto import enrolment_pb2, event_pb2, session_pb2
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS, kind_of
from tramgac_proto.rows import from_row, to_row

from tests.golden.make import golden

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("v*/*.bin"))
MESSAGES = {
    name: getattr(module, name)
    for module in (enrolment_pb2, event_pb2, session_pb2)
    for name in module.DESCRIPTOR.message_types_by_name
} | dict.fromkeys(KINDS, Event)


def message_of(path: Path):
    return MESSAGES[path.name.split(".")[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_old_message_decodes_to_what_it_said(path):
    cls = message_of(path)
    raw = path.read_bytes()
    message = cls.FromString(raw)
    assert message == ParseDict(json.loads(path.with_suffix(".json").read_text("utf-8")), cls())
    assert message.SerializeToString(deterministic=True) == raw


def test_every_kind_and_every_message_of_the_dialogue_has_one():
    names = {path.stem for path in FILES}
    missing = [name for name, _ in golden() if name not in names]
    assert not missing, "python -m tests.golden.make writes them"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in KINDS], ids=lambda path: path.stem)
def test_a_golden_event_survives_the_store(path):
    event = Event.FromString(path.read_bytes())
    assert from_row(kind_of(event), to_row(event)) == event
