import ast
import copy
import importlib
import pickle
import re
import string
from pathlib import Path

import pytest
import tramgac_rules
from tramgac_rules.authoring import texts
from tramgac_rules.authoring.texts import Text, Words, joined, vietnamese
from tramgac_rules.authoring.words import Say

ROOM = Path(tramgac_rules.__file__).parent


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def every_set():
    """All sets of sentences of the room."""
    found = []
    for path in ROOM.rglob("*.py"):
        for name in re.findall(r"^class (\w+)\(Words\):", path.read_text("utf-8"), re.MULTILINE):
            dotted = ".".join(path.relative_to(ROOM.parent).with_suffix("").parts)
            found.append(getattr(importlib.import_module(dotted), name))
    return found


def test_all_sets_are_found():
    assert set(every_set()) == {kind for kind in Words.__subclasses__() if kind.__module__.startswith("tramgac_rules.")}
    assert len(every_set()) > 5


@pytest.mark.parametrize("word", [word for kind in every_set() for word in kind], ids=str)
def test_every_sentence_has_its_twin_with_the_same_facts(word):
    assert word.vi
    assert word.vi != word.en or word.name == "OF"  # places alone
    assert places(word.en) == places(word.vi)


@pytest.mark.parametrize("kind", every_set())
def test_no_sentence_stands_twice(kind):
    assert len({word.en for word in kind}) == len(kind.__members__)


@pytest.mark.parametrize("kind", every_set())
def test_every_sentence_is_said_somewhere(kind):
    source = "".join(path.read_text("utf-8") for path in ROOM.rglob("*.py"))
    by_name = f"{kind.__name__}[" in source
    assert by_name or [name for name in kind.__members__ if f"{kind.__name__}.{name}" not in source] == []


def test_a_text_is_english_and_has_its_twin_wherever_it_goes():
    text = Say.NO_LEVEL.of()
    assert text == "the rule has no level; it counts as medium"
    assert text.vi == "luật không có level; được coi là medium"
    assert copy.deepcopy(text).vi == text.vi
    assert pickle.loads(pickle.dumps(text)).vi == text.vi
    assert vietnamese(text) == text.vi
    assert vietnamese("CommandLine") == "CommandLine"


def test_a_text_within_a_text_goes_in_by_its_language():
    text = Say.ONLY_WITH.of(name="A", channels=Say.SYSMON_CHANNEL.of())
    assert text.endswith("only with Sysmon's channel")
    assert text.vi.endswith("khi có kênh Sysmon")
    assert joined(" ", [Text("a", "b"), "", Text("c")]).vi == "b c"


SAYING = {
    "problem",
    "Problem",
    "_say",
    "say",
    "ValueProblem",
    "ConditionError",
    "AlternativesError",
    "Unusable",
    "SigningError",
    "ImportRefused",
}


def spoken(path):
    """Sentences without a twin that a file gives to what tells a problem: texts with a space, and f-strings."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        given = []
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SAYING:
            given = node.args
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"said", "advice", "message"}:
            given = [node.value]
        for text in given:
            plain = isinstance(text, ast.Constant) and isinstance(text.value, str) and " " in text.value
            if plain or isinstance(text, ast.JoinedStr):
                yield f"{path.name}:{text.lineno}"


def test_nothing_is_told_in_one_language_alone():
    files = [*(ROOM / "authoring").rglob("*.py")]
    assert len(files) > 20
    assert [place for path in files for place in spoken(path)] == []


def test_nobody_here_reads_the_locale():
    assert not [path for path in ROOM.rglob("*.py") if "LC_ALL" in path.read_text("utf-8")]
    assert texts
