import json
import subprocess
import sys

import pytest

LOOK = r"""
import json
from tramgac_scan import capabilities
def status():
    lines = [line.split() for line in open("/proc/self/status") if line[:3] in {"Cap", "NoN"}]
    return {name[:-1]: value for name, value in lines}
before = capabilities.any_left()
print(json.dumps({"before": before, "bound": capabilities.bound(), "between": capabilities.any_left(),
                  "dropped": capabilities.drop(), "after": capabilities.any_left(), **status()}))
"""
NOTHING = "0" * 16


def told(*before):
    done = subprocess.run([*before, sys.executable, "-I", "-c", LOOK], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_nothing_is_left_and_nothing_can_come_back():
    found = told()
    assert (found["bound"], found["dropped"], found["after"]) == (True, True, False)
    assert {found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {NOTHING}
    assert found["NoNewPrivs"] == "1"


@pytest.mark.root
def test_what_is_there_stays_until_it_is_dropped():
    found = told()
    assert (found["before"], found["between"]) == (True, True)
    assert found["CapBnd"] == NOTHING


@pytest.mark.root
def test_without_the_right_to_touch_the_bounding_set_the_rest_goes_nonetheless():
    found = told("setpriv", "--bounding-set=-setpcap")
    assert (found["before"], found["dropped"], found["CapPrm"]) == (True, True, NOTHING)
    assert found["CapBnd"] != NOTHING
