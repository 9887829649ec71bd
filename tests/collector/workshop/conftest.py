"""Rule files for tests of what authors try rules on."""

import json

import pytest

RULE = """title: {title}
id: 00000000-0000-4000-8000-00000000000{number}
status: test
level: {level}
tags: [attack.execution, attack.t1059.004]
logsource: {{product: linux, category: process_creation}}
detection:
    wanted: {{Image|endswith: [/sh, /bash], CommandLine|contains: {what}}}
    filter_usual: {{ParentImage|endswith: /cron}}
    condition: wanted and not filter_usual
"""
CORRELATION = """title: Many
id: 00000000-0000-4000-8000-000000000090
level: high
correlation: {type: event_count, rules: [each], group-by: [User], timespan: 1m, condition: {gte: 3}}
---
title: Each
name: each
id: 00000000-0000-4000-8000-000000000091
level: low
logsource: {product: linux, category: process_creation}
detection: {wanted: {Image|endswith: /id}, condition: wanted}
"""
YARA = 'rule bad { meta: id = "1" tags = "attack.t1105" strings: $a = "BAD" condition: $a and extension == ".sh" }'


def start(command_line, image="/bin/sh", parent="/bin/login", user="an"):
    process = {"executable": image, "commandLine": command_line, "user": user}
    return {"processStart": {"process": process, "parent": {"executable": parent}}}


def exported(command_line, image="/bin/sh", parent="/bin/login"):
    """The same as a line of `tramgac events --json`."""
    told = {"process.executable": image, "process.command_line": command_line, "process.parent.executable": parent}
    return {"kind": "process_start", "sequence": 1, "time": "2026-11-29T10:00:00Z", **told}


class Folder:
    """A folder of rules with samples beside them."""

    def __init__(self, path):
        self.path = path

    def rule(self, what="evil", *, number=1, level="high", title="Evil", samples=None):
        path = self.path / f"rule{number}.yml"
        path.write_text(RULE.format(title=title, number=number, level=level, what=what))
        return self.beside(path, samples)

    def beside(self, path, samples):
        if samples is not None:
            path.with_name(path.stem + ".samples.json").write_text(json.dumps(samples))
        return path

    def events(self, *events, name="events.jsonl"):
        path = self.path.parent / name
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return path


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "rules"
    made.mkdir()
    return Folder(made)


GOOD = {
    "fires": [start("sh -c evil")],
    "near_misses": [
        {"because": "cron's", "field": "processStart.parent.executable", "value": "/usr/sbin/cron"},
        {"because": "whole", "event": start("sh -c good")},
    ],
}
