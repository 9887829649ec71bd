"""The judge's content: verified by itself, tried, and only then in force. What is in force stays until then."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import Engine
from tramgac_proto.names import time_text
from tramgac_rules.judge import Judge
from tramgac_scan.client import YaraSource
from tramgac_wire import whole

from tramgac_collector import bundle as bundles
from tramgac_collector import content, database
from tramgac_collector.bundle import Bundle
from tramgac_collector.judging.detect import Rules
from tramgac_collector.judging.yara_rules import YaraRules
from tramgac_collector.paths import StatePaths
from tramgac_collector.refusals import ContentRefused

DAY = 86_400_000_000_000
SOON = 30 * DAY
"""So long before its signature ends content is to be signed again, nanoseconds."""

_LOG = structlog.get_logger(__name__)


@dataclass(slots=True)
class InForce:
    """The content in force: rules to judge by, YARA sources to scan samples with."""

    paths: StatePaths
    engine: Engine
    rules: Rules = field(default_factory=Rules)
    scan_with: tuple[YaraSource, ...] = ()
    looked_at: int = 0
    _warned: int = 0

    @property
    def folder(self) -> Path:
        """What the judge keeps: `trust/` and the last bundle that loaded, `good.json`."""
        return self.paths.content / "judge"

    def begin(self) -> None:
        """Load the last bundle that loaded before; nothing is in force if there is none."""
        (self.folder / "trust").mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            kept = json.loads((self.folder / "good.json").read_text())
            bundle = bundles.parse(kept["version"], kept["bundle"].encode())
            self._take(bundle, bundles.load(bundle))
        except FileNotFoundError:
            return
        except (ContentRefused, ValueError, KeyError) as error:
            _LOG.warning("the last good content no longer loads", error=str(error))

    def refresh(self, now: int) -> bool:
        """Look whether another bundle is on offer and take it if it is good; True if what is in force changed."""
        self._warn(now)
        with database.reading(self.engine) as s:
            offered = content.current(s)
        if offered in (0, self.looked_at, self.rules.version):
            return False
        try:
            bundle = self._verified(offered)
            judge = bundles.load(bundle)
        except ContentRefused as error:
            self.looked_at = offered
            _LOG.warning("content refused; the last good stays in force", version=offered, error=str(error))
            self._report(offered, str(error), now)
            return False
        self._keep(bundle)
        self._take(bundle, judge)
        self._report(0, "", now)
        _LOG.info("content in force", version=bundle.version, rules=len(judge.rules), yara=len(bundle.yara))
        return True

    def _warn(self, now: int) -> None:
        """Say in the log, once a day, that the signature of what is on offer ends soon or has ended."""
        if now - self._warned < DAY:
            return
        self._warned = now
        until = content.valid_until(self.paths)
        if until and until - now < SOON:
            advice = "from then on no agent takes it; sign the same rules again and push (tramgac rules sign, push)"
            _LOG.warning(
                "the signature of the content ends", until=time_text(until), left=(until - now) // DAY, advice=advice
            )

    def _verified(self, offered: int) -> Bundle:
        bundle = content.verified(self.paths, self.folder / "trust")
        if bundle.version < offered:
            message = f"bundle {offered} was promised, {bundle.version} is in the repository; push it again"
            raise ContentRefused(message)
        return bundle

    def _take(self, bundle: Bundle, judge: Judge) -> None:
        self.rules = Rules(bundle.version, judge, YaraRules(bundle.yara))
        self.scan_with = bundle.content_only

    def _report(self, refused: int, reason: str, now: int) -> None:
        with database.session(self.engine) as s:
            content.record_role(s, "judge", version=self.rules.version, refused=refused, reason=reason, now=now)

    def _keep(self, bundle: Bundle) -> None:
        told = {"version": bundle.version, "bundle": bundle.text}
        whole.write(self.folder / "good.json", json.dumps(told).encode())
