"""What import contracts cannot say: no circle of modules, and that the lists of contracts are whole."""

import tomllib
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import grimp
import pytest
from tramgac_agent.sensors import SENSORS

from tests.house.files import PACKAGES, ROOT

LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


def circle(imports: Mapping[str, set[str]]) -> list[str]:
    """A circle of modules that import each other; empty if there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_itself_by_others():
    graph = grimp.build_graph(*LINTER["root_packages"], exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert len(imports) > 300
    assert not circle(imports)


@pytest.mark.parametrize(
    ("imports", "found"),
    [({"a": {"b"}, "b": {"c"}}, set()), ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}, {"a", "b", "c"})],
)
def test_a_circle_is_found(imports, found):
    assert set(circle(imports)) == found


def test_every_package_is_under_contract():
    assert sorted(LINTER["root_packages"]) == sorted(str(package).rpartition("/")[2] for package in PACKAGES)


def test_every_sensor_is_under_the_contract_of_sensors():
    (contract,) = [each for each in LINTER["contracts"] if each["name"] == "Sensors know nothing of each other"]
    assert {sensor.__module__ for sensor in SENSORS} <= set(contract["modules"])
