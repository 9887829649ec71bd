import inspect

from tramgac_agent import errors


def test_the_tree_at_the_top_shows_every_error():
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, Exception)]
    assert len(kinds) > 8
    for kind in kinds:
        assert issubclass(kind, errors.AgentError)
        assert kind.__name__ in (errors.__doc__ or "")


def test_reasons_for_programs_stand_beside_the_sentences():
    assert errors.SampleRefused("gone").reason == "gone"
    assert errors.StagingError("full", "no room").reason == "full"
    error = errors.EnrolmentError("ca", "a sentence")
    assert (error.code, str(error)) == ("ca", "a sentence")
