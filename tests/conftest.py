"""What every test shares: public data, the order of the files, and the rule that a skip must be named."""

import gc
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# How long an example takes is the machine's business; a test that must be quick says so in tests/bench.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")
# A log's line with an exception is drawn as a table by default, which takes 50 ms.
_PLAIN = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])
gc.disable()  # while the tests are collected: see pytest_collection_finish

SKIPS = Path(__file__).parent / "skips.toml"
# What takes seconds is begun first, the longest before all, so that all workers end at the same time.
LONG = (
    "tests/e2e/test_demo.py",
    "tests/lab/test_losses.py",
    "tests/collector/gateway/test_false_identities.py",
    "tests/dashboard/test_page.py",
    "tests/dashboard/test_live.py",
    "tests/collector/judging/test_scanning.py",
    "tests/dashboard/test_accessibility.py",
    "tests/collector/judging/test_reading_texts.py",
    "tests/dashboard/test_triage.py",
    "tests/collector/judging/test_consumer.py",
    "tests/collector/test_supervisor.py",
    "tests/collector/events/test_store.py",
    "tests/scan/test_parts.py",
    "tests/collector/judging/test_scanning_again.py",
    "tests/dashboard/test_hindrances.py",
    "tests/collector/api/test_serve.py",
    "tests/scan/test_client.py",
    "tests/agent/sensors/test_kernel.py",
    "tests/dashboard/test_with_api.py",
    "tests/content/test_benign.py",
    "tests/content/test_content.py",
    "tests/collector/gateway/test_role.py",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """A file is one worker's: what it starts for all its tests is started once. Files go in the order collected."""
    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """What a test's commands make of the process's umask ends with the test."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder with public rules and recordings; skips where it is not given."""
    named = os.environ.get("TRAMGAC_TEST_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("TRAMGAC_TEST_DATA names no folder with public rules and recordings")
    return Path(named)


@pytest.hookimpl(trylast=True)  # after the order of the files was drawn by lot
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files come first; tests marked root are left out for ordinary users."""
    place = {file: number for number, file in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.nodeid.partition("::")[0], len(LONG)))
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return
    for item in items:
        if item.get_closest_marker("root"):
            item.add_marker(pytest.mark.skip(reason="needs root"))


def pytest_collection_finish() -> None:
    """The thousands of tests themselves are not looked through for garbage over and over."""
    gc.collect()
    gc.freeze()
    gc.enable()


def unnamed_skips(config: pytest.Config) -> list[str]:
    """The skips of this run that tests/skips.toml does not name."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return []
    allowed = [re.compile(entry["reason"]) for entry in tomllib.loads(SKIPS.read_text("utf-8"))["skip"]]
    found = []
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(pattern.search(reason) for pattern in allowed):
            found.append(f"{report.nodeid}: {reason}")
    return found


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """An unnamed skip fails the run."""
    if not hasattr(session.config, "workerinput") and unnamed_skips(session.config) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which skips are not named."""
    for line in unnamed_skips(config):
        terminalreporter.write_line(f"SKIP NOT NAMED in tests/skips.toml: {line}", red=True)
