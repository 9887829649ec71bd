"""The rules of the house for what stands in code, and that each finder finds what it is for."""

import functools
import re
import tomllib

import pytest
from tramgac_proto.names import KINDS

from tests.house import code
from tests.house.files import ROOT, product, tracked

SKIPS = tomllib.loads((ROOT / "tests/skips.toml").read_text("utf-8"))["skip"]


def places(pattern, texts):
    return [f"{path.relative_to(ROOT)}:{line}" for path, text in texts.items() for line in code.words(text, pattern)]


@pytest.mark.parametrize("pattern", code.FORBIDDEN)
def test_forbidden_words(pattern):
    assert not places(pattern, product()), code.FORBIDDEN[pattern]


@pytest.mark.parametrize("pattern", code.FORBIDDEN_IN_THE_PAGE)
def test_forbidden_words_in_the_page(pattern):
    page = ROOT / "dashboard/web/src"
    texts = {p: p.read_text("utf-8") for p in tracked() if p.is_relative_to(page) and p.suffix in {".ts", ".tsx"}}
    assert len(texts) > 10
    assert not places(pattern, texts), code.FORBIDDEN_IN_THE_PAGE[pattern]


@pytest.mark.parametrize(
    "line",
    [
        "x = eval(text)",
        "exec(text)",
        "import pickle",
        "marshal.loads(raw)",
        "run(text, shell=True)",
        "os.system(text)",
        "yaml.load(text)",
        "yaml.unsafe_load(text)",
        "# TODO: later",
        "# FIXME",
    ],
)
def test_a_forbidden_word_is_found(line):
    assert [pattern for pattern in code.FORBIDDEN if code.words(f"a = 1\n{line}\n", pattern) == [2]]


@pytest.mark.parametrize(
    "line", ["<p dangerouslySetInnerHTML={x} />", "row.innerHTML = name", "eval(name)", "new Function(name)", "// TODO"]
)
def test_a_forbidden_word_is_found_in_the_page(line):
    assert [pattern for pattern in code.FORBIDDEN_IN_THE_PAGE if code.words(line, pattern) == [1]]


@pytest.mark.parametrize(
    "line", ["re2.exec(text)", "def exec(self):", "ast.literal_eval(text)", "yaml.safe_load(text)"]
)
def test_what_only_looks_like_a_forbidden_word_is_not_found(line):
    assert not [pattern for pattern in code.FORBIDDEN if code.words(line, pattern)]


def test_no_broad_except_outside_the_named_bulkheads():
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path, text in product().items() for line in code.broad_excepts(text)
    ]
    assert not found
    assert "# bulkhead: " in "".join(product().values()), "the bulkheads are named by another word"


@pytest.mark.parametrize(
    "line",
    [
        "except:",
        "except Exception:",
        "except BaseException as error:",
        "except (OSError, Exception):",
        "except builtins.Exception:",
        "except* Exception:",
    ],
)
def test_a_broad_except_is_found(line):
    text = f"try:\n    act()\n{line}\n    pass\n"
    assert code.broad_excepts(text) == [3]
    assert code.broad_excepts(text.replace(line, f"{line}  # bulkhead: one")) == []


def test_a_broad_suppress_is_found_and_a_narrow_except_is_not():
    assert code.broad_excepts("with contextlib.suppress(OSError, Exception):\n    act()\n") == [1]
    assert code.broad_excepts("try:\n    act()\nexcept (OSError, ExceptionOfOurs):\n    pass\n") == []


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_an_emitter_or_a_reader(kind):
    message = KINDS[kind].message.name
    rooms = ("agent/tramgac_agent", "collector/tramgac_collector", "rules/tramgac_rules")
    texts = [text for path, text in product().items() if any(path.is_relative_to(ROOT / room) for room in rooms)]
    assert any(code.uses(text, kind, message) for text in texts if kind in text or message in text), (
        f"nothing makes or reads {kind}"
    )


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("from tramgac_proto.event_pb2 import Health\nx = Health(version=1)", True),
        ("from tramgac_proto import event_pb2\nx = event_pb2.Event(health=told)", True),
        ("event.health.version = 1", True),
        ("if event.HasField('health'): pass", True),
        ("if kind == 'health': pass", True),
        ("if record.kind in {'health', 'inventory'}: pass", True),
        ("names = {'health': ('reports', 'báo cáo')}", False),
        ("row.health = text", False),
        ("# event.health", False),
        ("x = Health(version=1)", False),
        ("@router.get('/health')\ndef health(): pass", False),
    ],
)
def test_a_name_that_is_spelled_is_no_use(text, used):
    assert code.uses(text, "health", "Health") is used


@functools.cache
def reasons():
    """Each skip of the suite: its place and its reason."""
    return [
        (f"{path.relative_to(ROOT)}:{line}", reason)
        for path in tracked()
        if path.is_relative_to(ROOT / "tests") and path.suffix == ".py"
        for line, reason in code.skips(path.read_text("utf-8"))
    ]


def test_each_skip_is_named_with_its_reason():
    unnamed = [
        f"{place}: {reason}" for place, reason in reasons() if not any(re.search(e["reason"], reason) for e in SKIPS)
    ]
    assert not unnamed, "tests/skips.toml has no line for them"


@pytest.mark.parametrize("entry", SKIPS, ids=lambda entry: entry["reason"])
def test_the_skip_file_gives_reasons_for_what_can_happen(entry):
    assert len(entry["why"]) > 20
    assert any(re.search(entry["reason"], reason) for _, reason in reasons()), "nothing skips with this reason any more"


def test_a_skip_is_found():
    text = "pytest.skip(f'no {name} here')\n@pytest.mark.skipif(windows, reason='no forks')\ndef f(): ...\n"
    assert sorted(code.skips(text)) == [(1, "no  here"), (2, "no forks")]
