from tests.rules.authoring.test_detections import detection, told

HEAD = "detection:\n  s:\n"
TAIL = "  condition: s\n"


def test_each_bad_value_of_a_list_is_told_at_its_own_place():
    text = HEAD + "    A|re:\n      - '(bad1'\n      - ok\n      - '(bad2'\n    B|gt: [1, x, 2, y]\n" + TAIL
    assert told(text) == [("regex", 4, 9), ("regex", 6, 9), ("value", 7, 15), ("value", 7, 21)]


def test_keywords_too():
    assert told("detection:\n  s:\n    - one\n    - 2024-01-01\n" + TAIL) == [("value", 4, 7)]


def test_what_the_modifiers_are_at_fault_for_is_told_once_at_the_key():
    assert told(HEAD + "    A|contains|re: [x, y]\n" + TAIL) == [("modifier", 3, 5)]


def test_some_are_told_and_the_others_counted():
    found = detection(HEAD + "    A|cidr:\n" + "      - nowhere\n" * 50 + TAIL).problems
    assert [one.line for one in found] == list(range(4, 25))
    assert str(found[-1].message) == "30 more values of this entry cannot be used; the first is here"
