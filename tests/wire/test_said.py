import ast
import re
from pathlib import Path

import pytest
from tramgac_wire import said as sentences
from tramgac_wire.said import DEEPEST, LONGEST, SENTENCES
from tramgac_wire.said_words import Said

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "dashboard/web/src/text/said.ts"
SENSORS = ROOT / "agent/tramgac_agent/sensors"


def said(text):
    return sentences.said(text, vietnamese=True)


def reasoned(line):
    return sentences.reasoned(line, vietnamese=True)


def test_they_are_the_page_s_sentences():
    page = re.findall(r'^  \[/(.+)/u, "said_(\w+)"\],$', PAGE.read_text("utf-8"), re.MULTILINE)
    theirs = [(pattern.replace("(?<", "(?P<").replace(r"\/", "/"), word) for pattern, word in page]
    assert theirs == [(pattern, word.name.lower()) for pattern, word in SENTENCES]
    assert {word for _, word in SENTENCES} == set(Said)


def test_every_hole_is_filled():
    for pattern, word in SENTENCES:
        assert set(re.findall(r"\{(\w+)\}", word.vi)) <= set(re.compile(pattern).groupindex), word


def test_language_and_times_are_the_caller_s():
    assert sentences.said("given up by the agent", vietnamese=False) == Said.GIVEN_UP.en
    heard = "last heard at 7; its stream ended"
    assert sentences.said(heard, vietnamese=False, moment=lambda text: f"<{text}>") == (
        "last heard on <7>; its connection ended"
    )
    assert sentences.reasoned("watch: watchdog is not running", vietnamese=False) == "watch: watchdog is not running"


@pytest.mark.parametrize(
    "text",
    ["", "at offset x", "echo at offset 10", "\x1b[2Jgiven up by the agent", "it failed: " * LONGEST],
)
def test_any_other_text_stays_as_it_is(text):
    assert said(text) == text


def test_what_a_host_makes_up_has_an_end():
    deep = "it failed: " * 100 + "x"
    assert said(deep) == "nó bị lỗi: " * DEEPEST + deep[DEEPEST * len("it failed: ") :]
    assert said("last heard at {x}; its stream ended") == "nghe lần cuối lúc {x}; kết nối đã đứt"


def told_by_sensors():
    """What the agent's sensors give as reasons, read out of their sources, with 7 for whatever is filled in."""
    for path in sorted(SENSORS.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            named = {
                target.id: text(node.value)
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for target in node.targets
                if isinstance(target, ast.Name)
            }
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ProbeError":
                    parts = [named.get(part.id) if isinstance(part, ast.Name) else text(part) for part in node.args]
                    yield path.name, "; ".join(filter(None, parts))
                elif function.name in {"check", "unseen"} if isinstance(node, ast.Return) else is_reason(node):
                    yield path.name, text(node.value)


def is_reason(node):
    return isinstance(node, ast.keyword) and node.arg == "reason"


def text(node):
    """A literal as a text; empty for anything else. Of a choice the first."""
    if isinstance(node, ast.IfExp):
        return text(node.body) or text(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return "".join(map(filled, node.values))
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def filled(part):
    """A part of a literal; what may be empty is."""
    if isinstance(part, ast.Constant):
        return part.value
    return "" if getattr(part.value, "id", "") in {"left_out", "more"} else "7"


def test_whatever_a_sensor_gives_as_its_reason_is_known():
    reasons = {(path, reason) for path, reason in told_by_sensors() if reason.strip("7; :")}
    assert len(reasons) > 15
    # What begins with something that is filled in looks like a rung's name and a reason.
    assert [each for each in sorted(reasons) if each[1] in {said(each[1])} & {reasoned(each[1])}] == []
