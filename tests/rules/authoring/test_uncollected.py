"""Cyclic garbage is looked for again afterwards, whatever happened, unless nobody did before."""

import gc

import pytest
from tramgac_rules.authoring.uncollected import uncollected


def test_it_is_left_out_until_the_end() -> None:
    assert gc.isenabled()
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_an_error_ends_it_too() -> None:
    with pytest.raises(OSError, match="gone"), uncollected():
        raise OSError("gone")
    assert gc.isenabled()
