import json

from tramgac_rules.authoring.attack import Attack
from tramgac_rules.authoring.coverage import Covering, coverage, layer

TABLE = Attack(
    {
        "version": "19.0",
        "source": "ATT&CK v19.0",
        "tactics": ["execution", "impact"],
        "divided": {},
        "techniques": {
            "T1001": ["One", ["execution"], ["Linux"]],
            "T1002": ["Two", ["execution"], ["Linux", "Windows"]],
            "T1002.001": ["Two's part", ["execution"], ["Windows"]],
            "T1003": ["Three", ["impact"], ["Linux"]],
            "T1004": ["Four", ["impact"], ["Linux"]],
        },
        "older": {"T1000": ["Old", "revoked", ["T1001"]]},
    }
)


def rule(number, tag, state="alert", *needs):
    return Covering(number, number, [tag, "attack.execution"], state, frozenset(needs or ("process",)))


RULES = [
    rule("a", "attack.t1000"),
    rule("b", "attack.t1002.001", "watch"),
    rule("c", "attack.t1003", "alert", "channel:security"),
    rule("d", "attack.t1003", "watch", "log:sshd"),
    rule("e", "attack.t1004", "off"),
]


def standings(*rules, **more):
    return {one.technique.id: (one.standing, one.rules) for one in coverage(rules or RULES, TABLE, **more)}


def test_each_technique_stands_as_its_best_rule():
    assert standings() == {
        "T1001": ("covered", ("a",)),
        "T1002": ("watch", ("b",)),
        "T1002.001": ("watch", ("b",)),
        "T1003": ("covered", ("c",)),
        "T1004": ("none", ()),
    }


def test_a_host_that_gives_less_is_blind():
    found = {one.technique.id: one for one in coverage(RULES, TABLE, gives={"process"})}
    assert found["T1001"].standing == "covered"
    assert (found["T1003"].standing, found["T1003"].rules) == ("blind", ("c", "d"))
    assert found["T1003"].missing == ("channel:security", "log:sshd")
    assert standings(gives={"log:sshd"})["T1003"] == ("watch", ("d",))


def test_what_nothing_gives_is_blind_anywhere():
    nothing = Covering("x", "x", ["attack.t1004"], "alert", frozenset())
    assert standings(nothing)["T1004"] == ("blind", ("x",))


def test_only_techniques_of_a_system():
    assert list(standings(platforms=["Windows"])) == ["T1002", "T1002.001"]


def test_a_layer_for_the_navigator():
    made = layer(coverage(RULES, TABLE, gives={"process"}), TABLE, "pc-7")
    assert made["domain"] == "enterprise-attack"
    assert made["versions"]["attack"] == "19"
    assert {one["techniqueID"]: one["score"] for one in made["techniques"]} == {
        "T1001": 1,
        "T1002": 1,
        "T1002.001": 1,
        "T1003": 2,
    }
    assert "needs channel:security" in made["techniques"][-1]["comment"]
    assert len({one["color"] for one in made["techniques"]}) == 3
    json.dumps(made)
