from tramgac_rules import errors


def test_everything_raised_on_purpose_has_one_parent():
    for name in ("PackError", "RegexError", "IndicatorError", "SigningError", "ImportRefused"):
        assert issubclass(getattr(errors, name), errors.RulesError)
