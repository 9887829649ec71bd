from tramgac_rules.authoring.nearest import did_you_mean


def test_the_nearest_name_is_offered_whatever_its_case():
    assert did_you_mean("imgae", ("User", "Image", "ParentImage")) == "Did you mean 'Image'?"
    assert did_you_mean("USER", ("User", "Image")) == "Did you mean 'User'?"


def test_a_stranger_is_offered_nothing():
    assert did_you_mean("xyz", ("User", "Image")) == ""
    assert did_you_mean("x", ()) == ""


def test_how_alike_it_must_be_is_the_callers_choice():
    assert did_you_mean("ParentImage", ("Image",)) == "Did you mean 'Image'?"
    assert did_you_mean("ParentImage", ("Image",), 0.8) == ""
