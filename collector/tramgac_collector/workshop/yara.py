"""YARA rules of an author's files, as alerts would name them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tramgac_rules.authoring.files import YARA, read, rule_files

from tramgac_collector.bundle import YaraFile
from tramgac_collector.judging.yara_rules import YaraRules


def rules_of(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    """Yield the rules of YARA files with id, title, level and tags. Raises OSError."""
    given = [path for path in paths if path.is_dir() or path.suffix.lower() in YARA]
    for file in rule_files(given, YARA):
        text = read(file)
        if isinstance(text, str):
            rules = YaraRules([YaraFile(file.name, text, content_only=True)])
            yield from (rules.rule(name)[0] for name in rules.names())
