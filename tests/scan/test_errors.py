from tramgac_scan.errors import RulesRejected, YaraProblem


def test_a_problem_reads_as_compilers_say_it():
    problem = YaraProblem("a.yar", 3, "undefined identifier")
    assert str(problem) == "a.yar:3: undefined identifier"
    assert str(RulesRejected((problem, problem))) == f"{problem}; {problem}"
