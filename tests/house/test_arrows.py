"""What docs/architecture.md says of who may know whom, and that no module comes back to itself."""

import sys
import tomllib
from graphlib import CycleError, TopologicalSorter

import pytest
from tramgac_agent.sensors import SENSORS

from tests.house.arrows import graph, modules
from tests.house.files import PACKAGES, ROOT, product

# The column "what it may know" of docs/architecture.md.
MAY_KNOW = {
    "tramgac_proto": set(),
    "tramgac_wire": {"tramgac_proto"},
    "tramgac_rules": {"tramgac_proto"},
    "tramgac_scan": set(),
    "tramgac_dashboard": set(),
    "tramgac_agent": {"tramgac_proto", "tramgac_wire", "tramgac_rules", "tramgac_scan"},
    "tramgac_collector": {"tramgac_proto", "tramgac_wire", "tramgac_rules", "tramgac_scan", "tramgac_dashboard"},
}


@pytest.fixture(scope="module")
def arrows():
    found = graph(modules(product()))
    assert len(found) > 300
    return found


def rounds(arrows):
    """The modules of a cycle, if there is one."""
    # To import a package's own module says nothing of the package: it is there before its modules are.
    try:
        TopologicalSorter(
            {name: {to for to in tos if not name.startswith(f"{to}.")} for name, tos in arrows.items()}
        ).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_module_comes_back_to_itself(arrows):
    assert rounds(arrows) == []


def test_a_cycle_is_found_also_by_an_import_inside_a_function():
    texts = {
        "p": "",
        "p.a": "from p import b",
        "p.b": "def f():\n    import p.c",
        "p.c": "from p.a import x",
        "p.d": "import p.a",
    }
    assert set(rounds(graph(texts))) == {"p.a", "p.b", "p.c"}
    assert rounds(graph(texts | {"p.c": "import os"})) == []


def test_rooms_know_what_the_architecture_lets_them_know(arrows):
    assert {package.rpartition("/")[2] for package in PACKAGES} == MAY_KNOW.keys()
    odd = [
        f"{name} imports {to}"
        for name, tos in arrows.items()
        for to in tos
        if (there := to.partition(".")[0]) != (here := name.partition(".")[0]) and there not in MAY_KNOW[here]
    ]
    assert odd == []


@pytest.mark.skipif(sys.platform == "win32", reason="on Windows there are other sensors")
def test_each_sensor_is_bound_to_know_no_other():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (bound,) = [
        contract["modules"] for contract in contracts if contract["name"] == "Sensors know nothing of each other"
    ]
    assert {sensor.__module__ for sensor in SENSORS} == set(bound)
