import pytest
from tramgac_collector.export import values


def test_what_acts_is_shown():
    assert values.one_line("a\nb\r\t\x1b\x9b\u2028c") == "a\\nb\\r\\t\\x1b\\x9b\\u2028c"


def test_tags_are_techniques_and_tactics():
    tags = ["attack.t1059.001", "attack.T1105", "attack.credential-access", "attack.g0007", "cve.2021.1"]
    assert values.techniques(tags) == ["T1059.001", "T1105"]
    assert values.tactics(tags) == ["Credential Access"]


@pytest.mark.parametrize(("path", "name"), [("C:\\a\\b.exe", "b.exe"), ("/a/b/", "b"), ("b", "b"), ("/", "/")])
def test_the_last_part_of_a_path(path, name):
    assert values.base_name(path) == name


def test_categories_and_plain_values():
    assert values.category("process_start") == ("process", "start")
    assert values.category("") == ("host", "info")
    assert (values.plain(True), values.plain(7)) == ("true", "7")
