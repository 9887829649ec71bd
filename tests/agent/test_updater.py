import json
import subprocess
import sys

import pytest
from backports import zstd
from tramgac_agent.content import DICTIONARY, place, version_in_force
from tramgac_agent.paths import AgentPaths
from tramgac_agent.updater import take
from tramgac_rules.authoring.compile import compile_rules
from tramgac_wire.dictionary import train

from tests.wire.repository import Repository

BUNDLE = json.dumps({"format": 1, "version": 99, "sigma": {"rules": []}, "yara": [], "policy": {}}).encode()


@pytest.fixture
def paths(tmp_path):
    found = AgentPaths(tmp_path)
    found.staged.mkdir(parents=True)
    return found


@pytest.fixture
def repository(paths):
    found = Repository()
    paths.content_root.write_bytes(found.root)
    return found


def stage(paths, repository):
    for path in paths.staged.iterdir():
        path.unlink()
    for name, data in repository.files.items():
        place(paths.staged, name).write_bytes(data)


def loads(_pack):
    """An engine that takes everything."""


def test_what_verifies_and_loads_is_put_in_force(paths, repository):
    repository.publish(BUNDLE)
    stage(paths, repository)
    outcome = take(paths, loads)
    assert (outcome.version, outcome.ok) == (1, True)
    assert version_in_force(paths.current) == 1  # the signed number, not what the bundle says of itself
    assert not paths.content_unpinned.exists()


def test_the_dictionary_comes_with_it_and_goes_with_it(paths, repository):
    trained = train([b"/usr/bin/program %d %d " % (n % 7, n) * 9 for n in range(200)], 1_000)
    for named, found in (({DICTIONARY: trained.content}, trained.content), ({}, b"")):
        repository.publish(BUNDLE, further=named)
        stage(paths, repository)
        assert take(paths, loads).ok
        assert paths.dictionary.read_bytes() == found
    repository.publish(BUNDLE, further={DICTIONARY: b"no dictionary"})
    stage(paths, repository)
    assert (take(paths, loads).reason, version_in_force(paths.current)) == ("malformed", 2)


def spoilt(repository):
    name = [name for name in repository.files if name.startswith("targets/")][-1]
    repository.files[name] = zstd.compress(BUNDLE + b" ")


def signed_by_another(repository):
    other = Repository()
    other.publish(BUNDLE)
    repository.files = other.files


def without_signatures(repository):
    name = "metadata/timestamp.json"
    repository.files[name] = json.dumps(json.loads(repository.files[name]) | {"signatures": []}).encode()


def rolled_back(repository):
    repository.files = repository.before


@pytest.mark.parametrize(
    ("harm", "reason"),
    [(spoilt, "tampered"), (signed_by_another, "unsigned"), (without_signatures, "unsigned"), (rolled_back, "older")],
)
def test_what_does_not_verify_is_refused_and_the_last_good_stays(paths, repository, harm, reason):
    repository.publish(BUNDLE)
    repository.before = dict(repository.files)
    repository.publish(BUNDLE)
    stage(paths, repository)
    assert take(paths, loads).ok
    good = paths.current.read_bytes()
    if harm is not rolled_back:
        repository.publish(BUNDLE + b"\n")
    harm(repository)
    stage(paths, repository)
    outcome = take(paths, loads)
    assert not outcome.ok
    assert outcome.reason == reason
    assert paths.current.read_bytes() == good


@pytest.mark.parametrize("bundle", [b"garbage", b"{}", b'{"format": 2, "sigma": {}}', b"[]"])
def test_what_does_not_load_is_refused_and_the_last_good_stays(paths, repository, bundle):
    repository.publish(BUNDLE)
    stage(paths, repository)
    take(paths, loads)
    repository.publish(bundle)
    stage(paths, repository)
    outcome = take(paths, loads)
    assert (outcome.version, outcome.ok) == (2, False)
    assert outcome.reason.startswith("does not load")
    assert version_in_force(paths.current) == 1


def test_an_engine_that_refuses_is_quoted(paths, repository):
    def refuse(_pack):
        raise RuntimeError("too many rules")

    repository.publish(BUNDLE)
    stage(paths, repository)
    assert take(paths, refuse).reason == "does not load: RuntimeError: too many rules"
    assert not paths.current.exists()


def test_without_a_pin_the_first_root_offered_is_kept_and_noted(paths):
    repository = Repository()
    repository.publish(BUNDLE)
    stage(paths, repository)
    assert take(paths, loads).ok
    assert paths.content_unpinned.exists()
    other = Repository()
    other.publish(BUNDLE)
    other.publish(BUNDLE)
    stage(paths, other)
    assert not take(paths, loads).ok


def test_nothing_staged_and_nothing_pinned(paths):
    assert take(paths, loads).reason == "missing"


def test_a_full_disk_is_said(paths, repository, monkeypatch):
    def refuse(*_, **__):
        raise OSError(28, "No space left on device")

    repository.publish(BUNDLE)
    stage(paths, repository)
    monkeypatch.setattr("tramgac_wire.whole.write", refuse)
    assert take(paths, loads).reason == "disk: No space left on device"


RULE = """title: Test
id: 5f6a2b7c-0000-4000-8000-000000000001
logsource: {product: linux, category: process_creation}
detection:
  selection: {Image|endswith: /nc}
  condition: selection
level: high
"""


def test_the_program_itself_loads_real_rules_within_its_limits(paths, repository, tmp_path):
    (tmp_path / "rule.yml").write_text(RULE)
    pack = compile_rules([tmp_path / "rule.yml"]).pack
    repository.publish(json.dumps({"format": 1, "version": 1, "sigma": pack, "yara": [], "policy": {}}).encode())
    stage(paths, repository)
    command = [sys.executable, "-I", "-m", "tramgac_agent.updater", str(paths.root)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert json.loads(done.stdout) == {"version": 1, "ok": True, "reason": ""}, done.stderr
    assert done.returncode == 0
    assert version_in_force(paths.current) == 1
