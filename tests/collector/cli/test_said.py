import ast
import re
from pathlib import Path

import pytest
from tramgac_agent.sensors.linux.bpf import libbpf
from tramgac_collector.cli.host_words import Said
from tramgac_collector.cli.said import DEEPEST, LONGEST, SENTENCES, reasoned, said
from tramgac_collector.cli.times import local
from tramgac_collector.hosts import clock_text
from tramgac_rules.costs import Budget
from tramgac_rules.judge import Judge

from tests.rules.making import compiled, record, rule

PAGE = Path(__file__).parents[3] / "dashboard/web/src/text/said.ts"
SENSORS = Path(__file__).parents[3] / "agent/tramgac_agent/sensors"


@pytest.fixture(autouse=True)
def _vietnamese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")


def test_they_are_the_page_s_sentences():
    page = re.findall(r'^  \[/(.+)/u, "said_(\w+)"\],$', PAGE.read_text("utf-8"), re.MULTILINE)
    theirs = [(pattern.replace("(?<", "(?P<").replace(r"\/", "/"), word) for pattern, word in page]
    assert theirs == [(pattern, word.name.lower()) for pattern, word in SENTENCES]
    assert {word for _, word in SENTENCES} == set(Said)


def test_every_hole_is_filled():
    for pattern, word in SENTENCES:
        assert set(re.findall(r"\{(\w+)\}", word.vi)) <= set(re.compile(pattern).groupindex), word


def test_what_collector_and_agent_say(monkeypatch):
    assert said(clock_text(-(10**10))).startswith("nhanh hơn máy thu thập 10 giây.")
    heard = "last heard at 2026-11-24T10:00:00.123456789Z; its stream ended"
    assert said(heard) == f"nghe lần cuối lúc {local('2026-11-24T10:00:00.123456789Z')}; kết nối đã đứt"
    refused = libbpf._refusal("the kernel refuses on_exec, on_exit", 1)
    assert said(str(refused)) == ("nhân từ chối on_exec, on_exit: không được phép; cần root hoặc CAP_BPF+CAP_PERFMON")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert said("given up by the agent") == Said.GIVEN_UP.en


def test_why_a_rule_is_parked():
    judge = Judge.load(compiled(rule({"A|re": "(a|b)+z"})).pack, budget=Budget(2.5, window=1))
    judge._ledger.spent[0] = 10**9
    judge.match(record({"A": "x"}))
    [why] = judge.parked.values()
    assert re.fullmatch(r"vượt hạn mức: [\d.]+ µs mỗi sự kiện, cho phép 2.5", said(why))


def test_why_a_sensor_runs_no_better_rung():
    assert reasoned("watch: was set up anew: watchdog is not running") == "watch: đã được dựng lại: watchdog không chạy"
    assert reasoned("fanotify: No such device") == "fanotify: No such device"
    assert reasoned("needs nothing") == "needs nothing"


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
