from tramgac_rules.authoring.problems import Problem


def test_a_problem_reads_as_compilers_say_it_and_sorts_by_place():
    first = Problem("a.yml", 3, 7, "error", "regex", "bad", "Mend it.")
    assert str(first) == "a.yml:3:7: error: bad [regex] Mend it."
    assert sorted([first, Problem("a.yml", 2, 9, "info", "x", "y")])[1] is first
