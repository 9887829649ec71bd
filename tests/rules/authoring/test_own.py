import sys
from pathlib import Path

import pytest
from tramgac_rules.authoring import own

ROOT = Path(__file__).parents[3]


@pytest.fixture
def installed(monkeypatch, tmp_path):
    """As if the package lay in site-packages: no checkout, the packed file beside it."""
    monkeypatch.syspath_prepend(str(ROOT))
    import hatch_build

    packed = tmp_path / own.PACKED
    packed.write_bytes(hatch_build.packed_content(ROOT))
    monkeypatch.setattr(own, "CHECKOUT", tmp_path / "none")
    monkeypatch.setattr(own, "files", lambda _: tmp_path)
    own.folder.cache_clear()
    yield packed
    own.folder.cache_clear()
    while own._kept:
        own._kept.pop().cleanup()
    sys.modules.pop("hatch_build", None)


def test_a_checkout_has_a_folder():
    own.folder.cache_clear()
    assert own.folder() == ROOT / "rules/content"
    assert "yara/reverse_shell_script.yar" in own.texts()


def test_an_installed_package_has_the_same_rules(installed):
    texts = own.texts()
    assert texts["yara/miner_program.yar"] == (ROOT / "rules/content/yara/miner_program.yar").read_text("utf-8")
    made = own.folder()
    assert own.folder() == made
    assert (made / "yara/miner_program.yar").read_text("utf-8") == texts["yara/miner_program.yar"]
    assert len([path for path in made.rglob("*") if path.is_file()]) == len(texts)


def test_no_rule_stands_in_the_packed_file_as_a_text(installed):
    data = installed.read_bytes()
    for text in own.texts().values():
        for line in text.splitlines():
            if len(line) > 40:
                assert line.encode() not in data
