import inspect

from tramgac_collector import errors


def test_the_tree_at_the_top_is_the_tree():
    classes = {
        name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
    }
    drawn = [line.strip("│├└─ ").split()[0] for line in (errors.__doc__ or "").splitlines()[2:] if line.strip()]
    assert sorted(drawn) == sorted(classes)
    assert all(issubclass(kind, errors.CollectorError) and kind.__doc__ for kind in classes.values())
