from tramgac_collector.errors import Told
from tramgac_collector.export.errors import Away, Elsewhere, ExportError, Refused
from tramgac_collector.pairs import Both


def test_all_are_told_in_both_languages():
    for kind in (Away, Refused, Elsewhere):
        error = kind(Both("away", "vắng"))
        assert isinstance(error, ExportError)
        assert isinstance(error, Told)
        assert error.what.vi == "vắng"
    assert Away(Both("a", "b"), 7.0).retry_after_s == 7.0
    assert Refused(Both("a", "b"), (1,)).which == (1,)
