import re

import pytest
from tramgac_agent.sensors.linux.bpf import libbpf
from tramgac_collector.cli.said import reasoned, said
from tramgac_collector.cli.times import local
from tramgac_collector.hosts import clock_text
from tramgac_collector.notify.words import Notify
from tramgac_rules.costs import Budget
from tramgac_rules.judge import Judge
from tramgac_wire.said_words import Said

from tests.rules.making import compiled, record, rule


@pytest.fixture(autouse=True)
def _vietnamese(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")


def test_what_collector_and_agent_say(monkeypatch):
    assert said(clock_text(-(10**10))).startswith("nhanh hơn máy thu thập 10 giây.")
    heard = "last heard at 2026-11-24T10:00:00.123456789Z; its stream ended"
    assert said(heard) == f"nghe lần cuối lúc {local('2026-11-24T10:00:00.123456789Z')}; kết nối đã đứt"
    refused = libbpf._refusal("the kernel refuses on_exec, on_exit", 1)
    assert said(str(refused)) == ("nhân từ chối on_exec, on_exit: không được phép; cần root hoặc CAP_BPF+CAP_PERFMON")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert said("given up by the agent") == Said.GIVEN_UP.en


def test_why_nobody_was_told(monkeypatch):
    why = Notify.STATUS.both(host="chat", port=443, status=502)
    assert said(why.en) == why.vi
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert said(why.en) == why.en


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


def test_a_time_that_is_none_stays_as_it_is():
    assert said("last heard at {x}; its stream ended") == "nghe lần cuối lúc {x}; kết nối đã đứt"
