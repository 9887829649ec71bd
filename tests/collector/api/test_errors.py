import inspect

from tramgac_collector.api import errors
from tramgac_collector.errors import CollectorError


def test_the_tree_at_the_top_names_every_error():
    for name, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, Exception) and kind.__module__ == errors.__name__:
            assert name in errors.__doc__


def test_codes_are_told_apart():
    kinds = errors.ApiError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_what_stops_the_start_is_an_error_of_the_collector():
    assert issubclass(errors.ExposureError, CollectorError)
    assert "GET/POST /api/x: 0" in str(errors.RouteUndeclared(["GET", "POST"], "/api/x", 0))
