import pytest
from tramgac_rules.authoring.compile import compile_rules
from tramgac_rules.authoring.files import rule_files
from tramgac_rules.authoring.importing.manifest import MANIFEST
from tramgac_rules.authoring.watched import EXPERIMENTAL, HUNTING, IMPORTED, watched, why

from tests.rules.authoring.importing.making import folder, rule

CORRELATION = b"""title: Several
id: 00000000-0000-4000-8000-0000000000c0
status: experimental
correlation: {type: event_count, rules: [00000000-0000-4000-8000-000000000001], timespan: 1m, condition: {gte: 3}}
"""


@pytest.mark.parametrize(
    ("status", "tags", "taken", "reason"),
    [
        ("stable", ["attack.t1059"], False, ""),
        ("test", [], False, ""),
        ("", [], False, ""),
        ("test", [], True, IMPORTED),
        ("experimental", [], False, EXPERIMENTAL),
        ("experimental", [], True, EXPERIMENTAL),
        ("deprecated", [], False, EXPERIMENTAL),
        ("stable", ["Detection.Threat-Hunting"], False, HUNTING),
        ("experimental", ["detection.threat-hunting"], True, HUNTING),
    ],
)
def test_why_a_rule_is_watched(status, tags, taken, reason):
    assert why(status, tags, taken=taken) == reason


def test_rules_of_several_folders_and_a_correlation(tmp_path):
    imported = folder(tmp_path / "sigma", {MANIFEST: b"{}", "rules/linux/two.yml": rule(2)})
    own = folder(
        tmp_path / "own",
        {"one.yml": rule(1), "three.yml": rule(3, status="experimental"), "several.yml": CORRELATION},
    )
    alone = folder(tmp_path, {"two.yml": rule(4)}) / "two.yml"  # of the same name as an imported one
    paths = [imported / "rules/linux", own, alone]
    found = watched(compile_rules(paths), rule_files(paths))
    number = "00000000-0000-4000-8000-0000000000{}".format
    assert found == {number("02"): IMPORTED, number("03"): EXPERIMENTAL, number("c0"): EXPERIMENTAL}
