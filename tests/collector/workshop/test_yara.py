from tramgac_collector.workshop.yara import rules_of

from tests.collector.workshop.conftest import YARA


def test_rules_of_files_as_alerts_name_them(folder):
    (folder.path / "bad.yar").write_text(YARA + "\nprivate rule part { condition: true }\n")
    folder.rule()
    (rule,) = rules_of([folder.path])
    assert (rule["id"], rule["title"], rule["tags"]) == ("yara:1", "bad", ["attack.t1105"])
