import pytest
from tramgac_wire.dictionary import Dictionary, train
from tramgac_wire.errors import ContentError
from tramgac_wire.limits import MAX_DICTIONARY

SAMPLES = [b"/usr/bin/program --option=%d /home/an/%d " % (n % 7, n) * 6 for n in range(300)]


@pytest.fixture(scope="module")
def trained():
    return train(SAMPLES, 2_000)


def test_the_number_says_what_it_holds(trained):
    again = Dictionary(trained.content)
    assert again.number == trained.number == train(SAMPLES, 2_000).number
    assert 0 < again.number < 1 << 32
    assert len(trained.content) <= 2_000
    assert train(SAMPLES[:200], 2_000).number != trained.number


def test_what_is_no_dictionary_is_refused(trained):
    with pytest.raises(ContentError, match="too_large") as refused:
        Dictionary(bytes(MAX_DICTIONARY + 1))
    assert refused.value.reason == "too_large"
    for content in (b"", b"garbage", bytes(500), trained.content[:8] + bytes(400), trained.content[:100]):
        with pytest.raises(ContentError, match="malformed"):
            Dictionary(content)


@pytest.mark.parametrize("samples", [[], [b"one"], [b""] * 20])
def test_too_little_to_train_on_is_said(samples):
    with pytest.raises(ContentError, match="samples give no dictionary"):
        train(samples)
