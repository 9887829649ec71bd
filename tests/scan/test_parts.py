import os

import pytest
from tramgac_scan import parts
from tramgac_scan.client import Limits, YaraSource
from tramgac_scan.parts import CarefulScanner, scan_in_parts

GOOD = [YaraSource(f"{n}.yar", f'rule good{n} {{ strings: $a = "ab" condition: $a }}') for n in range(5)]
RUNAWAY = YaraSource("runaway.yar", "rule r { strings: $a = /a.{0,1000}b.{0,1000}c.{0,1000}d/s condition: $a }")


@pytest.fixture
def fd():
    made = os.memfd_create("sample")
    os.write(made, b"ab" * 20_000)
    yield made
    os.close(made)


def test_all_rules_but_the_one_that_runs_away_are_judged(fd):
    result = scan_in_parts([*GOOD[:2], RUNAWAY, *GOOD[2:]], Limits(seconds=1, grace=0.2), fd)
    assert [hit.rule for hit in result.hits] == [f"good{n}" for n in range(5)]
    assert (result.refused, result.spared) == ("timeout", ("runaway.yar",))


@pytest.mark.slow
def test_parts_are_few(fd, monkeypatch):
    monkeypatch.setattr(parts, "PARTS", 2)
    result = scan_in_parts([*GOOD[:3], RUNAWAY], Limits(seconds=1, grace=0.2), fd)
    assert [hit.rule for hit in result.hits] == ["good0", "good1"]
    assert result.spared == ("2.yar", "runaway.yar")


@pytest.mark.slow
def test_after_some_runaways_the_rest_is_left(fd, monkeypatch):
    monkeypatch.setattr(parts, "MOST_RUNAWAYS", 1)
    result = scan_in_parts([RUNAWAY, *GOOD[:2]], Limits(seconds=1, grace=0.2), fd)
    assert (result.hits, result.spared) == ((), ("runaway.yar", "0.yar", "1.yar"))


def test_nothing_is_nothing(fd):
    assert scan_in_parts([], Limits(), fd).refused == ""


@pytest.mark.slow
def test_a_careful_scanner_looks_again_and_remembers(fd, monkeypatch):
    scanner = CarefulScanner([RUNAWAY, *GOOD[:2]], Limits(seconds=1, grace=0.2))
    assert {"capabilities", "seccomp"} <= set(scanner.held)
    assert set(scanner.held).isdisjoint(scanner.missing)
    first = scanner.scan(fd, key="bad")
    assert ([hit.rule for hit in first.hits], first.spared) == (["good0", "good1"], ("runaway.yar",))
    monkeypatch.setattr(parts, "scan_in_parts", None)
    assert scanner.scan(fd, key="bad") is first
    other = os.memfd_create("other")
    os.write(other, b"ab")
    assert len(scanner.scan(other, key="good").hits) == 2
    os.close(other)
    scanner.close()


def test_a_rule_alone_is_not_looked_at_again(fd):
    scanner = CarefulScanner([RUNAWAY], Limits(seconds=1, grace=0.2))
    result = scanner.scan(fd, key="bad")
    assert (result.refused, result.spared) == ("timeout", ())
    scanner.close()
