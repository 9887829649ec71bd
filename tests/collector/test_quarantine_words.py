from tramgac_collector.gateway.limits import OFFENCES
from tramgac_collector.quarantine_words import REASONS


def test_every_offence_has_its_words():
    assert {*OFFENCES, "flood"} == set(REASONS)
    assert all(both.en != both.vi for both in REASONS.values())
