import inspect

from tramgac_wire import errors


def test_the_tree_at_the_top_names_every_error():
    classes = [cls for _, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__]
    assert all(cls.__name__ in errors.__doc__ for cls in classes)
    assert all(issubclass(cls, errors.WireError) for cls in classes)


def test_messages_say_how_to_go_on():
    assert "go on from there" in str(errors.LogTrimmed(3, 7))
    assert errors.LogTrimmed(3, 7).first == 7
    damaged = errors.LogDamaged(3, 9, "/x.log", (20, 90))
    assert (damaged.position, damaged.resume, damaged.path, damaged.span) == (3, 9, "/x.log", (20, 90))
    assert "/x.log" in str(damaged)
    assert "records 3 to 8" in str(damaged)
    assert errors.ContentError("older", "why").reason == "older"
