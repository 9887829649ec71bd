"""Lists of indicators as others write them (CSV, STIX 2.1, MISP) to one set for the judge."""

from tramgac_rules.authoring.indicators.gathering import Gathered, gather

__all__ = ["Gathered", "gather"]
