"""The judge's content: verified by itself, tried, and only then in force. What is in force stays until then."""

import base64
import hashlib
import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from sqlalchemy import Engine
from tramgac_proto.names import time_text
from tramgac_rules.costs import Budget
from tramgac_rules.indicators import Indicators
from tramgac_rules.judge import Judge
from tramgac_scan.client import YaraSource
from tramgac_wire import whole

from tramgac_collector import bundle as bundles
from tramgac_collector import content, database, judges
from tramgac_collector.bundle import Bundle
from tramgac_collector.judging.detect import Rules
from tramgac_collector.judging.excepting import Excepting
from tramgac_collector.judging.standing import Standing
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
    role: str = judges.ROLE
    """Which of several judges loads it: each keeps its own."""
    rules: Rules = field(default_factory=Rules)
    scan_with: tuple[YaraSource, ...] = ()
    standing: Standing = field(init=False)
    excepting: Excepting = field(init=False)
    looked_at: int = 0
    listed: str = ""
    """SHA-256 of the set of indicators; empty for none."""
    _warned: int = 0

    def __post_init__(self) -> None:
        """Know of no states and no exceptions yet."""
        self.standing = Standing(self.engine, first=self.role == judges.ROLE)
        self.excepting = Excepting(self.engine)

    @property
    def folder(self) -> Path:
        """What the judge keeps: `trust/` and the last bundle that loaded, `good.json` and `VERSION.indicators`."""
        return self.paths.content / self.role

    def begin(self) -> None:
        """Load the last bundle that loaded before; nothing is in force if there is none."""
        (self.folder / "trust").mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            kept = json.loads((self.folder / "good.json").read_text())
            bundle = bundles.parse(kept["version"], kept["bundle"].encode())
            bundle = replace(bundle, about=base64.b64decode(str(kept.get("about", ""))))
            if listed := kept.get("indicators", ""):
                bundle = replace(bundle, indicators=self._listed(bundle, listed))
            self._take(bundle, bundles.load(bundle), bundles.open_indicators(bundle), listed)
        except FileNotFoundError:
            return
        except (ContentRefused, ValueError, KeyError, AttributeError) as error:
            _LOG.warning("the last good content no longer loads", error=str(error))

    def refresh(self, now: int) -> bool:
        """Look whether another bundle is on offer and take it if it is good; True if what is in force changed."""
        changed = self._refresh(now)
        self.look(now)
        return changed

    def look(self, now: int) -> None:
        """Take the states of rules, and the exceptions, as they are now."""
        states = self.standing.changed(now)
        if states is not None:
            self.rules = replace(self.rules, states=states)
        if self.excepting.changed():
            self.rules = replace(self.rules, exceptions=self.excepting.now)

    def _refresh(self, now: int) -> bool:
        self._warn(now)
        with database.reading(self.engine) as s:
            offered = content.current(s)
        if offered in (0, self.looked_at, self.rules.version):
            return False
        try:
            bundle = self._verified(offered)
            judge, indicators = bundles.load(bundle), bundles.open_indicators(bundle)
        except ContentRefused as error:
            self.looked_at = offered
            _LOG.warning("content refused; the last good stays in force", version=offered, error=str(error))
            self._report(offered, str(error), now)
            return False
        self._take(bundle, judge, indicators, self._keep(bundle))
        self._report(0, "", now)
        _LOG.info("content in force", version=bundle.version, rules=len(judge.rules), yara=len(bundle.yara))
        if indicators is not None:
            _LOG.info("indicators in force", version=bundle.version, **indicators.counts)
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
        bundle = content.verified(self.paths, self.folder / "trust", indicators=True)
        if bundle.version < offered:
            message = f"bundle {offered} was promised, {bundle.version} is in the repository; push it again"
            raise ContentRefused(message)
        return bundle

    def _take(self, bundle: Bundle, judge: Judge, indicators: Indicators | None, listed: str) -> None:
        correlations = bundles.load_correlations(bundle, judge)
        judge.budget = Budget()
        yara = YaraRules(bundle.yara)
        known = (*judge.rules.values(), *(correlation.rule for correlation in correlations.all))
        digests = {str(told["id"]): digest for told, digest in map(yara.rule, yara.names())}
        states = self.standing.take(judge, bundle.watch, digests | {rule.id: rule.digest for rule in known})
        self.rules = Rules(bundle.version, judge, yara, indicators, correlations, states, self.excepting.now)
        self.scan_with, self.listed = bundle.content_only, listed

    def _report(self, refused: int, reason: str, now: int) -> None:
        with database.session(self.engine) as s:
            content.record_role(s, self.role, version=self.rules.version, refused=refused, reason=reason, now=now)

    def _keep(self, bundle: Bundle) -> str:
        """Keep a bundle as the last good one; return the digest of its indicators, empty for none."""
        kept, listed = self.folder / f"{bundle.version}.indicators", ""
        if bundle.indicators is not None:
            kept.unlink(missing_ok=True)
            kept.hardlink_to(bundle.indicators)  # the trust folder goes on to the next version before that has loaded
            whole.sync_folder(self.folder)
            listed = _digest(kept)
        about = base64.b64encode(bundle.about).decode()
        told = {"version": bundle.version, "bundle": bundle.text, "about": about, "indicators": listed}
        whole.write(self.folder / "good.json", json.dumps(told).encode())
        for path in self.folder.glob("*.indicators"):
            if path != kept:
                path.unlink()
        return listed

    def _listed(self, bundle: Bundle, digest: str) -> Path:
        """Return the file of the last good indicators. Raises ContentRefused if it is not what was kept."""
        path = self.folder / f"{bundle.version}.indicators"
        if not path.exists() or _digest(path) != digest:
            message = f"{path} was damaged on the disk"
            raise ContentRefused(message)
        return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
