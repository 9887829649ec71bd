"""The rules on offer, read once for each version."""

from __future__ import annotations

import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tramgac_rules.about import Book
from tramgac_rules.judge import Judge

from tramgac_collector import bundle as bundles
from tramgac_collector import content
from tramgac_collector.api import sources
from tramgac_collector.backtest.part import part
from tramgac_collector.database import reading
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.refusals import ContentRefused

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Engine
    from tramgac_rules.rule import Rule

    from tramgac_collector.bundle import YaraFile
    from tramgac_collector.paths import StatePaths


class Rulebook:
    """Rules by id, of the newest version; verified by itself as any user of content does. Thread-safe."""

    def __init__(self, paths: StatePaths, engine: Engine) -> None:
        """Read nothing yet."""
        self._paths = paths
        self._engine = engine
        self._lock = threading.Lock()
        self._version = 0
        self._rules: Mapping[str, dict[str, Any]] = {}

    def rules(self) -> Mapping[str, dict[str, Any]]:
        """Give the rules. Raises ContentRefused if what is on offer does not verify any more."""
        with reading(self._engine) as s:
            version = content.current(s)
        with self._lock:
            if version != self._version:
                trust = self._trust()
                bundle = content.verified(self._paths, trust)
                self._rules = _read(bundle, sources.texts(self._paths, trust))
                self._version = version
            return self._rules

    def pack(self, names: Collection[str]) -> Mapping[str, Any]:
        """Give the compiled form of some Sigma rules, with those that they refer to. Raises ContentRefused."""
        with self._lock:
            bundle = content.verified(self._paths, self._trust())
        return part(bundle.sigma, names)

    def source(self, rule: str, digest: str) -> str | None:
        """Give the text of a rule if the one on offer is still that of the digest."""
        try:
            found = self.rules().get(rule, {})
        except ContentRefused:
            return None
        return found.get("source_text") if found.get("digest") == digest else None

    def _trust(self) -> Path:
        folder = self._paths.content / "api"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder


def _read(bundle: bundles.Bundle, texts: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    judge = Judge.load(bundle.sigma, Book(bundle.about))
    found = bundles.load_correlations(bundle, judge)
    correlations = [correlation.rule for correlation in found.all]
    sigma = {rule.id: _told(rule, texts) for rule in (*judge.rules.values(), *correlations)}
    yara = {told["id"]: told for file in bundle.yara for told in _of_yara(file)}
    for number, told in sigma.items():
        told |= {"watch": bundle.watch.get(number, ""), "quiet": number in found.quiet}
    for correlation in found.all:
        sigma[correlation.rule.id]["members"] = list(correlation.rules)
    return sigma | yara


def _of_yara(file: YaraFile) -> Iterator[dict[str, Any]]:
    """Yield the rules of a file under the ids that their alerts have."""
    rules = YaraRules([file])
    for name in rules.names():
        told, digest = rules.rule(name)
        about = {"digest": digest, "engine": "yara", "at_host": not file.content_only, "source_text": file.source}
        yield {**told, **about, "watch": "", "quiet": False}


def _told(rule: Rule, texts: Mapping[str, str]) -> dict[str, Any]:
    about = rule.about
    return {
        "id": rule.id,
        "title": rule.title,
        "level": rule.level,
        "tags": rule.tags,
        "status": rule.status,
        "logsource": asdict(rule.logsource),
        "fields": rule.fields,
        "digest": rule.digest,
        **asdict(about),
        "engine": "sigma",
        "source_text": texts.get(about.path, ""),
    }
