from tramgac_collector.judging.verdicts import Verdicts, key_of
from tramgac_scan.client import Hit

HIT = Hit("r", "r.yar", {}, (("$a", 0, 1),))


def test_texts_have_keys_of_their_own():
    assert key_of("a") == key_of("a") != key_of("b")
    assert len(key_of("\udcff")) == 16


def test_a_text_without_hits_is_known_too():
    verdicts = Verdicts()
    assert verdicts.get(b"a") is None
    verdicts.put(b"a", ())
    verdicts.put(b"b", (HIT,))
    assert verdicts.get(b"a") == ()
    assert verdicts.get(b"b") == (HIT,)


def test_memory_is_bounded_whatever_comes():
    verdicts = Verdicts(most=100_000)
    for number in range(10_000):
        verdicts.put(key_of(str(number)), (HIT,) * (number % 5))
        verdicts.get(key_of("0"))
    assert verdicts.size <= 100_000
    assert 30 < len(verdicts) < 400
    assert verdicts.get(key_of("0")) == (), "what is seen all the time stays"
    assert verdicts.get(key_of("1")) is None
    verdicts.clear()
    assert (verdicts.size, len(verdicts)) == (0, 0)
