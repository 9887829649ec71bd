"""The rules of the house: where things stand, how large they are, and that what exists is described."""

import re
import tomllib

import pytest

from tests.conftest import LONG
from tests.house.files import PACKAGES, PAGE_TESTS, ROOT, mirrored, modules_of_the_page, product, tracked
from tests.tools import lane
from tests.tools import test as dev_test

MAX_LINES = 400
SOURCES = {".py", ".c", ".h", ".ts", ".tsx", ".css", ".proto"}


def test_every_room_has_sources():
    for package in PACKAGES:
        assert any(path.is_relative_to(ROOT / package) for path in product()), package
    assert len(mirrored()) > 100


def test_each_source_file_has_its_test_file():
    without = [str(source.relative_to(ROOT)) for source, test in mirrored() if not test.exists()]
    assert not without, f"{len(without)} source files have no test file"


def test_each_test_file_has_tests():
    files = [path for path in tracked() if path.is_relative_to(ROOT / "tests") and path.name.startswith("test_")]
    empty = [str(path.relative_to(ROOT)) for path in files if "def test_" not in path.read_text("utf-8")]
    assert files
    assert not empty


def test_files_that_are_begun_first_are_there():
    assert [name for name in LONG if not (ROOT / name).is_file()] == []


def test_each_test_file_tests_something_that_exists():
    wanted = {test for _, test in mirrored()}
    rooms = {ROOT / "tests" / tests for tests in PACKAGES.values()}
    strays = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.name.startswith("test_")
        and path.suffix == ".py"
        and any(path.is_relative_to(room) for room in rooms)
        and path not in wanted
        and not path.read_text("utf-8").lstrip().startswith('"""')  # a test across several files
    ]
    assert not strays, "test files that mirror no source file and do not say in their first line what they show"


def test_each_module_of_the_page_that_needs_no_browser_has_its_test_file():
    plain, _ = modules_of_the_page()
    assert len(plain) > 10
    wanted = {PAGE_TESTS / f"{name.removesuffix('.ts')}.test.ts": name for name in plain}
    there = {path for path in tracked() if path.is_relative_to(PAGE_TESTS) and path.name.endswith(".test.ts")}
    assert [wanted[path] for path in wanted if path not in there] == []
    assert [path.relative_to(ROOT) for path in there if path not in wanted] == [], "they mirror no module"
    for path, name in wanted.items():
        text = path.read_text("utf-8")
        assert f"/src/{name}" in text, f"{path.name} has nothing of {name}"
        assert '\ntest("' in text, f"{path.name} has no test"


def test_each_component_of_the_page_names_the_browser_test_that_covers_it():
    folder = ROOT / "tests/dashboard"
    named = tomllib.loads((folder / "components.toml").read_text("utf-8"))
    _, drawn = modules_of_the_page()
    assert sorted(named) == sorted(drawn)
    for component, place in named.items():
        file, _, test = place.partition("::")
        text = (folder / file).read_text("utf-8")
        found = re.search(rf"^(@.*\n)?def {test}\(", text, re.MULTILINE)
        assert found, f"{component}: {place} is not there"
        assert "slow" not in (found[1] or ""), f"{component}: {place} is not part of every run"
        assert "pytest.mark.browser" in text, f"{component}: {file} opens no browser"


def test_no_file_is_long():
    long = {
        str(path.relative_to(ROOT)): count
        for path in tracked()
        if path.suffix in SOURCES and (count := path.read_text("utf-8").count("\n")) > MAX_LINES
    }
    assert not long


def test_lock_files_name_no_host():
    locks = [ROOT / "requirements" / f"{name}.txt" for name in ("agent", "build", "collector", "dev", "uv")]
    for lock in [*locks, ROOT / "dashboard/web/package-lock.json"]:
        hosts = set(re.findall(r"https?://([^/\s\"]+)", lock.read_text("utf-8")))
        allowed = {"github.com", "opencollective.com", "tidelift.com", "patreon.com", "paypal.me", "buymeacoffee.com"}
        assert hosts <= allowed, lock


def test_kinds_are_described_have_names_and_golden_files():
    from tramgac_proto.names import KINDS

    page = (ROOT / "docs/events.md").read_text("utf-8")
    words = (ROOT / "dashboard/web/src/i18n/en.ts").read_text("utf-8")  # Vietnamese must have the same to compile
    golden = ROOT / "tests/golden/v1"
    for name, kind in KINDS.items():
        assert f"`{name}`" in page, f"docs/events.md has no row for {name}"
        assert kind.ecs_type, f"{name} has no ECS category"
        assert any(field.ecs for field in kind.fields), f"{name} has no field with a name"
        assert (golden / f"{name}.bin").exists(), f"no golden file for {name}"
        assert f"\n  kind_{name}: " in words, f"the page has no words for {name}"


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


def test_what_is_said_about_hostile_agents_is_what_the_lane_does():
    """An abuse that is taken out, or of which quarantine is no longer asked, would leave the page lying."""
    from tests.lab.faults_attacker import ABUSES

    page = (ROOT / "docs/bad-input.md").read_text("utf-8")
    said = re.findall(r"`\./dev lab faults` \(([^;)]+)", page)
    named = {name for names in said for name in re.split(r",\s*", names)}
    assert named
    assert sorted(named - ABUSES.keys()) == [], "docs/bad-input.md names abuses that the lane does not know"
    section = page.partition("\n## One hostile agent beside")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (asked|not asked)\b", section, re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(ABUSES)
    assert {name: asked == "asked" for name, asked in rows} == {name: each.quarantine for name, each in ABUSES.items()}


PAGES = [path for path in tracked() if path.suffix == ".md"]
EXAMPLE = re.compile(r"<|\b[Nn]ame\b|NAME")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_names_is_there(page):
    text = page.read_text("utf-8")
    for named in re.findall(r"`((?:tests|agent|collector|rules|proto|dashboard|docs)/[\w./*<>-]*)`", text):
        assert EXAMPLE.search(named) or any(ROOT.glob(named.rstrip("/"))), f"{page.name} names {named}"
    for kind, name in re.findall(r"\./dev (lab|bench) ([a-z]+)", text):
        assert name in lane.names(kind), f"{page.name} names ./dev {kind} {name}"


def test_what_dev_test_installs_stands_in_the_readme():
    page = (ROOT / "README.md").read_text("utf-8")
    assert [
        package for package in dev_test.PACKAGES if f"`{package}`" not in page.partition("## What it promises")[0]
    ] == []


def test_the_guide_puts_its_programs_where_its_commands_find_them():
    page = (ROOT / "docs/operating.md").read_text("utf-8")
    typed = "\n".join(re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL))
    for program in ("tramgac", "tramgac-agent"):
        linked = typed.find(f"ln -s /opt/tramgac/bin/{program} ")
        assert 0 <= linked < typed.find(f"{program} ", linked + 40)
    assert "sudo" not in typed  # Debian has none by default


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_our_own_modules_are_run_with_the_python_that_has_their_needs(page):
    assert not re.search(r"(?<![\w/.])python3? -m tests\b", page.read_text("utf-8"))


def test_each_lane_of_its_own_is_listed():
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for kind in ("lab", "bench"):
        assert lane.names(kind)
        for name in lane.names(kind):
            assert f"| `./dev {kind} {name}` |" in page, f"CONTRIBUTING.md does not list ./dev {kind} {name}"


def test_windows_claims_carry_a_level():
    claims = tomllib.loads((ROOT / "docs/windows-claims.toml").read_text("utf-8"))["claim"]
    assert claims
    assert all(claim["level"] in {"W0", "W1", "W2", "W3"} and claim["what"] and claim["shown_by"] for claim in claims)
