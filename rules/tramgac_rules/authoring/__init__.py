"""Authors' tools: parse, compile, bundle, sign. The only part of the product that knows pySigma and PyYAML."""

from tramgac_rules.authoring.bundle import Bundle, Lens, Seen, build_bundle
from tramgac_rules.authoring.compile import Compiled, compile_rules
from tramgac_rules.authoring.indicators import Gathered, gather
from tramgac_rules.authoring.problems import Problem
from tramgac_rules.authoring.repository import needed, valid_until
from tramgac_rules.authoring.sign import KEY, has_indicators, next_version, sign

__all__ = [
    "KEY",
    "Bundle",
    "Compiled",
    "Gathered",
    "Lens",
    "Problem",
    "Seen",
    "build_bundle",
    "compile_rules",
    "gather",
    "has_indicators",
    "needed",
    "next_version",
    "sign",
    "valid_until",
]
