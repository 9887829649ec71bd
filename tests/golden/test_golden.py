"""What an older program wrote is read the same: every golden file of every generation decodes to the JSON beside it."""

import json
from pathlib import Path

import pytest
from google.protobuf.json_format import ParseDict
from tramgac_proto import enrolment_pb2, event_pb2, session_pb2
from tramgac_proto.event_pb2 import Event
from tramgac_proto.names import KINDS, kind_of
from tramgac_proto.rows import from_row, to_row

from tests.golden import make
from tests.golden.make import golden, place

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("v*/*.bin"))
MESSAGES = {
    name: getattr(module, name)
    for module in (enrolment_pb2, event_pb2, session_pb2)
    for name in module.DESCRIPTOR.message_types_by_name
} | dict.fromkeys(KINDS, Event)


def raw_of(message):
    return message.SerializeToString(deterministic=True)


def message_of(path: Path):
    return MESSAGES[path.name.split(".")[0]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_old_message_decodes_to_what_it_said(path):
    cls = message_of(path)
    raw = path.read_bytes()
    message = cls.FromString(raw)
    assert message == ParseDict(json.loads(path.with_suffix(".json").read_text("utf-8")), cls())
    assert raw_of(message) == raw


def test_every_kind_and_every_message_of_the_dialogue_has_one_with_all_its_fields():
    missing = [name for name, message in golden() if not place(name, raw_of(message)).exists()]
    assert not missing, "python -m tests.golden.make writes them"


def test_a_message_that_has_grown_gets_a_second_one_beside_the_first(tmp_path, monkeypatch):
    monkeypatch.setattr(make, "FOLDER", tmp_path)
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "health.bin").write_bytes(b"old")
    assert place("health", b"old") == tmp_path / "v1" / "health.bin"
    assert place("health", b"new") == tmp_path / "v2" / "health.bin"
    assert place("inventory", b"new") == tmp_path / "v1" / "inventory.bin"


@pytest.mark.parametrize("path", [path for path in FILES if path.stem in KINDS], ids=lambda path: path.stem)
def test_a_golden_event_survives_the_store(path):
    event = Event.FromString(path.read_bytes())
    assert from_row(kind_of(event), to_row(event)) == event
