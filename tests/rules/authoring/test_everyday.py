from tramgac_rules.authoring.everyday import common
from tramgac_rules.operators import END
from tramgac_rules.tree import Atom


def test_what_ordinary_events_have_is_common():
    found = common(
        [
            Atom("Image", "endswith", ".EXE"),
            Atom("Image", "endswith", "\\mimikatz.exe"),
            Atom("NoSuchField", "contains", "x"),
            Atom("Image", "exists", value=True),
            Atom(None, "contains", "windows"),
        ]
    )
    assert list(found) == [("Image", ".exe" + END)]
    assert found["Image", ".exe" + END] > 900
