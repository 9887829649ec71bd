"""The rules of the house: where things stand, how large they are, and that what exists is described."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Room -> its source below the room; tests/ROOM mirrors it.
PACKAGES = {
    "proto/tramgac_proto": "proto",
    "proto/tramgac_wire": "wire",
    "rules/tramgac_rules": "rules",
    "rules/tramgac_scan": "scan",
    "agent/tramgac_agent": "agent",
    "collector/tramgac_collector": "collector",
    "dashboard/tramgac_dashboard": "dashboard",
}
MAX_LINES = 400
SOURCES = {".py", ".c", ".h", ".ts", ".tsx", ".css", ".proto"}


def tracked() -> list[Path]:
    """Every committed or about to be committed file that is there."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


FILES = tracked()


def python_sources() -> list[tuple[Path, Path]]:
    """Each source file that must have a test file, and where that stands."""
    pairs = []
    for package, tests in PACKAGES.items():
        for path in FILES:
            if path.suffix == ".py" and path.is_relative_to(ROOT / package) and "migrations" not in path.parts:
                inside = path.relative_to(ROOT / package)
                if path.name not in {"__init__.py", "__main__.py"}:
                    pairs.append((path, ROOT / "tests" / tests / inside.with_name(f"test_{inside.name}")))
    return pairs


def test_each_source_file_has_its_test_file():
    without = [str(source.relative_to(ROOT)) for source, test in python_sources() if not test.exists()]
    assert not without, f"{len(without)} source files have no test file"


def test_each_test_file_tests_something_that_exists():
    wanted = {test for _, test in python_sources()}
    rooms = {ROOT / "tests" / tests for tests in PACKAGES.values()}
    named = {source.stem for source, _ in python_sources()}
    strays = [
        str(path.relative_to(ROOT))
        for path in FILES
        if path.name.startswith("test_")
        and path.suffix == ".py"
        and any(path.is_relative_to(room) for room in rooms)
        and path not in wanted
        and not _is_a_lane_of_its_own(path, named)
    ]
    assert not strays, "test files that mirror no source file and do not say in their first line what they show"


def _is_a_lane_of_its_own(path: Path, _named: set[str]) -> bool:
    """A test across several files opens with a docstring that says what it shows."""
    return path.read_text("utf-8").lstrip().startswith('"""')


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): count
        for path in FILES
        if path.suffix in SOURCES and (count := path.read_text("utf-8").count("\n")) > MAX_LINES
    }
    assert not long


def test_lock_files_name_no_host():
    locks = [*ROOT.glob("requirements/*.txt"), ROOT / "dashboard/web/package-lock.json"]
    for lock in locks:
        if lock.exists():
            hosts = set(re.findall(r"https?://([^/\s\"]+)", lock.read_text("utf-8")))
            allowed = {
                "github.com",
                "opencollective.com",
                "tidelift.com",
                "patreon.com",
                "paypal.me",
                "buymeacoffee.com",
            }
            assert hosts <= allowed, lock


def test_no_broad_except_outside_the_named_bulkheads():
    broad = re.compile(r"except\s*(?:\(?\s*(?:Base)?Exception\b[^:]*)?:")
    found = []
    for source, _ in python_sources():
        for number, line in enumerate(source.read_text("utf-8").splitlines(), 1):
            if broad.search(line) and "# bulkhead: " not in line:
                found.append(f"{source.relative_to(ROOT)}:{number}")
    assert not found


FORBIDDEN = {
    r"(?<!\.)(?<!def )\beval\(": "law 6: text is data",
    r"(?<!\.)(?<!def )\bexec\(": "law 6: text is data",
    r"\bpickle\b": "law 6: no pickle",
    r"shell\s*=\s*True": "law 6: no shell",
    r"\byaml\.load\(": "law 6: safe_load, or the loader that marks nodes",
    r"(?<!# )\bTODO\b|\bFIXME\b|\bXXX\b": "unfinished work is an issue, not a comment",
}


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_forbidden_words(pattern):
    found = []
    for source, _ in python_sources():
        for number, line in enumerate(source.read_text("utf-8").splitlines(), 1):
            if re.search(pattern, line) and "noqa: S" not in line:
                found.append(f"{source.relative_to(ROOT)}:{number}: {line.strip()}")
    assert not found, FORBIDDEN[pattern]


def test_kinds_are_described_have_names_and_golden_files():
    from tramgac_proto.names import KINDS

    page = (ROOT / "docs/events.md").read_text("utf-8")
    golden = ROOT / "tests/golden/v1"
    for name, kind in KINDS.items():
        assert f"`{name}`" in page, f"docs/events.md has no row for {name}"
        assert kind.ecs_type, f"{name} has no ECS category"
        assert any(field.ecs for field in kind.fields), f"{name} has no field with a name"
        assert (golden / f"{name}.bin").exists(), f"no golden file for {name}"


def test_each_kind_has_an_emitter_or_a_reader():
    from tramgac_proto.names import KINDS

    rooms = ("agent/tramgac_agent", "collector/tramgac_collector", "rules/tramgac_rules")
    text = "\n".join(p.read_text("utf-8") for room in rooms for p in (ROOT / room).rglob("*.py"))
    for name in KINDS:
        assert re.search(rf"\b{name}\b", text), f"nothing makes or reads {name}"


def test_each_setting_is_documented():
    from dataclasses import fields

    from tramgac_agent.config import AgentConfig
    from tramgac_collector.config import CollectorConfig

    guide = (ROOT / "docs/operating.md").read_text("utf-8")
    for name, field in CollectorConfig.model_fields.items():
        assert field.description, f"collector setting {name} has no doc string"
        assert f"`{name}`" in guide, f"docs/operating.md does not name the collector's setting {name}"
    for field in fields(AgentConfig):
        if field.name != "state":
            assert f"`{field.name}`" in guide, f"docs/operating.md does not name the agent's setting {field.name}"


def test_each_direct_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    listed = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    page = (ROOT / "docs/dependencies.md").read_text("utf-8")
    for requirement in listed:
        name = re.match(r"[A-Za-z0-9_.-]+", requirement)[0]
        if name != "tramgac":
            assert f"| {name} " in page, f"docs/dependencies.md has no row for {name}"


def test_what_is_said_about_bad_input_names_tests_that_exist():
    page = (ROOT / "docs/bad-input.md").read_text("utf-8")
    path, named = "", 0
    for found in re.finditer(r"`(tests/[\w/]+\.py|\.\.\.)(?:::(\w+))?`", page):
        path = path if found[1] == "..." else found[1]
        text = (ROOT / path).read_text("utf-8")
        assert found[2] is None or f"def {found[2]}(" in text, f"docs/bad-input.md names {found[0]}, which is not there"
        named += 1
    assert named


def test_the_skip_file_gives_reasons():
    for entry in tomllib.loads((ROOT / "tests/skips.toml").read_text("utf-8"))["skip"]:
        re.compile(entry["reason"])
        assert len(entry["why"]) > 20


def test_windows_claims_carry_a_level():
    claims = tomllib.loads((ROOT / "docs/windows-claims.toml").read_text("utf-8"))["claim"]
    assert claims
    assert all(claim["level"] in {"W0", "W1", "W2", "W3"} and claim["what"] and claim["shown_by"] for claim in claims)
