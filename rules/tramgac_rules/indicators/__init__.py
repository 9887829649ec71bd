"""Indicators: hashes, addresses, names and the like to look for in every event, by the million.

`values` says how each is written, `packed` how a set of them lies in a file, `matcher` looks for them.
"""

from tramgac_rules.indicators.about import About
from tramgac_rules.indicators.matcher import Hit, Indicators

__all__ = ["About", "Hit", "Indicators"]
