"""What our rules for Linux advise is something that a person can do today, with this product or at the host."""

from pathlib import Path

import pytest
import yaml

RULES = Path(__file__).parents[2] / "rules/content/sigma/linux"
NOT_YET = ("isolat", "quarantin", "contain the host", "cô lập", "cách ly", "to be scanned", "đi quét")
"""Actions that the product is to have later."""


@pytest.mark.parametrize("path", sorted(RULES.rglob("*.yml")), ids=lambda path: path.stem)
def test_no_step_names_an_action_that_there_is_not(path):
    rule = next(yaml.safe_load_all(path.read_text("utf-8")))
    for step in (*rule["triage"], *rule["triage_vi"]):
        assert not [word for word in NOT_YET if word in step.lower()], step
