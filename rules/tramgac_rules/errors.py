"""What can go wrong in the judge's room.

RulesError
├── PackError       a compiled rule set that cannot be loaded: unknown version, broken index, limit
├── RegexError      a regular expression that RE2 refuses
├── IndicatorError  a set of indicators that cannot be made or opened
├── SigningError    keys or repository that cannot be used to sign
└── ImportRefused   a source of rules that is not taken, or a folder that they cannot be put into
"""


class RulesError(Exception):
    """Anything that this package raises on purpose."""


class PackError(RulesError):
    """A compiled rule set is not usable; the message says where in it and why."""


class RegexError(RulesError):
    """A pattern is not one that runs in linear time, or is no pattern at all."""


class IndicatorError(RulesError):
    """A set of indicators is too large, or its bytes are not usable; the message says where and why."""


class SigningError(RulesError):
    """A bundle could not be signed; the message says which file and how to mend it."""


class ImportRefused(RulesError):
    """Nothing was imported: the archive is damaged, hostile or too large, or the folder is somebody's own."""
