from tramgac_collector.proof.findings import KINDS, Found, Totals


def test_a_row_says_where():
    row = Found("altered", "0.log", 3, "ab" * 16, 9, 1, 4, 6).as_json()
    assert row["epoch"] == f"{9:016x}"
    assert (row["found"], row["segment"], row["position"], row["first"], row["last"]) == ("altered", "0.log", 3, 4, 6)
    assert Found("unreadable", "0.log", 3).as_json()["epoch"] == ""


def test_all_kinds_are_explained():
    import inspect

    assert all(f"{kind}: " in inspect.getsource(Found) for kind in KINDS)


def test_the_end_says_whether_all_is_well():
    assert Totals(events=3).as_json()["ok"]
    assert not Totals(findings={"cut": 1}).as_json()["ok"]
