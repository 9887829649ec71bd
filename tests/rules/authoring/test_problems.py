from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.words import Say


def test_a_problem_reads_as_compilers_say_it_and_sorts_by_place():
    first = Problem("a.yml", 3, 7, "error", "regex", "bad", "Mend it.")
    assert str(first) == "a.yml:3:7: error: bad [regex] Mend it."
    assert sorted([first, Problem("a.yml", 2, 9, "info", "x", "y")])[1] is first


def test_its_line_is_there_in_both_languages():
    found = Problem("a.yml", 3, 7, "warning", "level", Say.NO_LEVEL.of(), Say.ADD_TITLE.of())
    assert str(found) == "a.yml:3:7: warning: the rule has no level; it counts as medium [level] Add `title:`."
    assert found.told.vi == "a.yml:3:7: cảnh báo: luật không có level; được coi là medium [level] Hãy thêm `title:`."
