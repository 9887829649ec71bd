import json

import pytest
from tramgac_rules.authoring.attack import attack

from tests.tools import attack_table


def test_the_table_is_of_version_19_and_whole():
    table = attack()
    assert table.version == "19.0"
    assert len(table.tactics) == 15
    assert len([number for number in table.techniques if "." not in number]) == 222
    assert len(table.techniques) == 697
    assert table.techniques["T1685"].name == "Disable or Modify Tools"
    assert table.techniques["T1059.001"].tactics == ("execution",)
    assert table.techniques["T1059.001"].parent == "T1059"
    assert table.techniques["T1059.001"].platforms == ("Windows",)
    assert {tactic for one in table.techniques.values() for tactic in one.tactics} == set(table.tactics)


def test_what_stands_for_older_ids_is_in_force():
    table = attack()
    assert all(number in table.techniques for older in table.older.values() for number in older.now)
    assert not set(table.older) & set(table.techniques)


@pytest.mark.parametrize(
    ("older", "now"),
    [
        ("T1562.001", ("T1685",)),
        ("t1070.001", ("T1685.005",)),
        ("T1089", ("T1685",)),  # revoked by one that was revoked
        ("T1086", ("T1059.001",)),
        ("T1064", ("T1059",)),  # deprecated, its text names another
        ("T1051", ()),
        ("T1059", ("T1059",)),
        ("T9999", ()),
    ],
)
def test_an_id_is_what_it_is_now(older, now):
    assert attack().now(older) == now


def test_tags_are_techniques_each_once():
    tags = ["attack.execution", "attack.T1086", "attack.t1059.001", "cve.2021-44228", "attack.t9999"]
    assert [one.id for one in attack().of_tags(tags)] == ["T1059.001"]


def pattern(key, number, *tactics, **more):
    phases = [{"kill_chain_name": "mitre-attack", "phase_name": tactic} for tactic in tactics]
    references = [{"source_name": "mitre-attack", "external_id": number}]
    told = {"external_references": references, "kill_chain_phases": phases, "x_mitre_platforms": ["Linux", "macOS"]}
    return {"type": "attack-pattern", "id": key, "name": f"Name {number}", **told, **more}


def test_the_table_is_made_of_a_stix_bundle():
    gone = {"type": "relationship", "relationship_type": "revoked-by", "source_ref": "p1", "target_ref": "p2"}
    text = "It was deprecated; use [X](https://attack.mitre.org/techniques/T1003/004)."
    bundle = {
        "type": "bundle",
        "objects": [
            pattern("p1", "T1001", "impact", revoked=True),
            pattern("p2", "T1002", "impact", "stealth"),
            pattern("p3", "T1003.004", "impact"),
            pattern("p4", "T1004", "impact", x_mitre_deprecated=True, description=text),
            gone,
        ],
    }
    made = attack_table.table(bundle, "20.0", "told")
    assert made["techniques"] == {
        "T1002": ["Name T1002", ["stealth", "impact"], ["Linux"]],
        "T1003.004": ["Name T1003.004", ["impact"], ["Linux"]],
    }
    assert made["older"] == {
        "T1001": ["Name T1001", "revoked", ["T1002"]],
        "T1004": ["Name T1004", "deprecated", ["T1003.004"]],
    }
    assert made["tactics"] == ["stealth", "impact"]
    json.dumps(made)


def test_the_table_is_made_of_a_galaxy_too():
    def value(key, number, *chain, **more):
        meta = {"external_id": number, "kill_chain": list(chain)}
        return {"uuid": key, "value": f"Name - {number}", "description": "", "meta": meta, **more}

    cluster = {
        "values": [
            value("1", "T1001", "attack-Windows:impact", "attack-macOS:impact"),
            value(
                "2", "T1002", "attack-Linux:impact", revoked=True, related=[{"type": "revoked-by", "dest-uuid": "1"}]
            ),
            value("3", "T1003", "mobile-attack-Android:impact"),
            value("4", "T1004", "attack-Linux:impact", description="This technique has been deprecated."),
        ]
    }
    made = attack_table.table(cluster, "20.0", "told")
    assert made["techniques"] == {"T1001": ["Name", ["impact"], ["Windows"]]}
    assert made["older"] == {"T1002": ["Name", "revoked", ["T1001"]], "T1004": ["Name", "deprecated", []]}
