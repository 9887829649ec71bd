import re

import pytest
from tramgac_collector.cli.app import build
from tramgac_collector.cli.headings import Nothing
from typer.main import get_command


@pytest.mark.parametrize("nothing", Nothing)
def test_what_is_advised_exists(nothing):
    for text in (nothing.en, nothing.vi):
        for words in re.findall(r"`tramgac ([a-z ]+)", text):
            at = get_command(build())
            for word in words.split():
                at = getattr(at, "commands", {}).get(word)
                assert at, f"tramgac {words}"
