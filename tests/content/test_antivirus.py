"""Rules look like what they look for: on an endpoint's disk none stands as a text that an antivirus would take away."""

import io
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from tramgac_agent.content import place
from tramgac_agent.paths import AgentPaths
from tramgac_agent.updater import take
from tramgac_collector.cli import authoring
from tramgac_rules.judge import Judge

ROOT = Path(__file__).parents[2]
CONTENT = ROOT / "rules/content"


def telling(path: Path) -> list[bytes]:
    """The lines of a rule file that an antivirus might know it by."""
    return [line.strip() for line in path.read_bytes().splitlines() if len(line.strip()) >= 40]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    """What content leaves on an endpoint: the package as it is installed, and the agent's state with all our rules."""
    folder = tmp_path_factory.mktemp("endpoint")
    author = tmp_path_factory.mktemp("author")
    signed = authoring.sign([CONTENT], author / "repository", author / "keys", marked="", skip_faulty=False)
    assert signed.version == 1
    paths = AgentPaths(folder / "state")
    paths.staged.mkdir(parents=True)
    with zipfile.ZipFile(io.BytesIO(authoring.packed(author / "repository"))) as archive:
        for name in archive.namelist():
            if "sources" not in name and "about" not in name:  # which agents do not fetch
                place(paths.staged, name).write_bytes(archive.read(name))
        paths.content_root.write_bytes(archive.read("metadata/1.root.json"))
    outcome = take(paths, Judge.load)
    assert outcome.ok, outcome.reason
    sys.path.insert(0, str(ROOT))
    try:
        import hatch_build
    finally:
        sys.path.remove(str(ROOT))
    (folder / "content.bin").write_bytes(hatch_build.packed_content(ROOT))
    return folder


def test_no_line_of_a_rule_stands_on_the_disk(endpoint):
    files = [path for path in endpoint.rglob("*") if path.is_file()]
    assert len(files) >= 6
    contents = [path.read_bytes() for path in files]
    rules = [*CONTENT.glob("yara/*.yar"), *CONTENT.glob("sigma/**/*.yml")]
    assert len(rules) > 300
    for rule in rules:
        for line in telling(rule):
            assert not any(line in content for content in contents), (rule.name, line)


def test_nothing_else_of_the_package_is_rules():
    """The wheel's other files are programs: no rule file is taken into it beside the packed one."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert set(settings) == {"packages"}
    for package in settings["packages"]:
        assert not list((ROOT / package).rglob("*.yar"))
        assert not CONTENT.is_relative_to(ROOT / package)


def clamscan(signatures: Path, folder: Path) -> list[str]:
    """The files in which ClamAV finds one of the signatures."""
    found = shutil.which("clamscan")
    if found is None:
        pytest.skip("no clamscan")
    command = [
        found,
        f"--database={signatures}",
        "--recursive",
        "--infected",
        "--no-summary",
        "--allmatch",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, 1), done.stderr
    return [line.partition(": ")[0] for line in done.stdout.splitlines() if line.endswith("FOUND")]


def test_clamav_finds_rules_as_texts_and_not_as_they_lie_on_the_disk(endpoint, tmp_path):
    """ClamAV with signatures of our own: a line of each YARA rule, as an antivirus might know what it looks for."""
    signatures, plain = tmp_path / "own.ndb", tmp_path / "plain"
    rules = sorted(CONTENT.glob("yara/*.yar"))
    lines = [f"Test.{rule.stem}:0:*:{max(telling(rule), key=len)[:120].hex()}" for rule in rules]
    signatures.write_text("\n".join(lines) + "\n")
    plain.mkdir()
    for rule in rules:
        shutil.copy(rule, plain)
    assert len(set(clamscan(signatures, plain))) == len(rules), "the signatures know the texts"
    assert clamscan(signatures, endpoint) == []
