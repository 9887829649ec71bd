from tramgac_scan.shelf import Form, Shelf, digest_of

ONE, TWO = Form(b"1" * 60, frozenset({"a.yar"})), Form(b"2" * 60, frozenset())


def test_what_was_put_is_there_until_it_is_dropped():
    shelf = Shelf()
    shelf.put("x", ONE)
    assert shelf.get("x") is ONE
    shelf.drop("x")
    shelf.drop("x")
    assert shelf.get("x") is None


def test_the_one_used_longest_ago_goes_first():
    shelf = Shelf(most=130)
    shelf.put("x", ONE)
    shelf.put("y", TWO)
    shelf.get("x")
    shelf.put("z", TWO)
    assert (shelf.get("x"), shelf.get("y"), shelf.get("z")) == (ONE, None, TWO)


def test_what_is_larger_than_the_shelf_is_not_kept():
    shelf = Shelf(most=50)
    shelf.put("x", ONE)
    assert shelf.get("x") is None


def test_the_digest_names_a_set_of_sources():
    assert digest_of([("a", "bc")]) != digest_of([("ab", "c")]) != digest_of([("a", "bc"), ("ab", "c")])
    assert digest_of([("a", "bc")]) == digest_of(iter([("a", "bc")]))
    assert digest_of([("a", "\udcff")])
