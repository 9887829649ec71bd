"""Rules and records in few words, for tests."""

import tempfile
from pathlib import Path

import yaml
from tramgac_rules.about import Book
from tramgac_rules.authoring.compile import Compiled, compile_rules
from tramgac_rules.judge import Judge
from tramgac_rules.record import Record

IDS = "00000000-0000-4000-8000-{:012x}"
SYSMON = "Microsoft-Windows-Sysmon/Operational"


def rule(detection, *, number=1, logsource=None, **more):
    """The YAML text of a rule. `detection` without a condition gets `selection`'s."""
    if "condition" not in detection:
        detection = {"selection": detection, "condition": "selection"}
    data = {
        "title": f"rule {number}",
        "id": IDS.format(number),
        "logsource": logsource or {"product": "windows"},
        "detection": detection,
        "level": "high",
        **more,
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def compiled(*texts, placeholders=None) -> Compiled:
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            Path(folder, f"{number:05}.yml").write_text(text, "utf-8")
        return compile_rules([Path(folder)], placeholders or {})


def judge_of(*texts, further=True) -> Judge:
    done = compiled(*texts)
    assert not done.errors, done.errors
    return Judge.load(done.pack, Book.of(done.about), further=further)


def record(fields, *, channel="Security", event_id="1", kind="event_log", product="windows"):
    system = {"Channel": channel, "EventID": event_id} if kind == "event_log" else {}
    return Record({**system, **fields}, product, kind, channel, event_id)


def meets(detection, fields, **where) -> bool:
    """Whether fields meet a detection."""
    return bool(judge_of(rule(detection)).match(record(fields, **where)))
