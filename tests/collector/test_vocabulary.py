from tramgac_collector import alerts, users, vocabulary
from tramgac_collector.api.permissions import ROLES


def test_it_is_what_the_collector_takes():
    assert alerts.VERDICTS is vocabulary.VERDICTS
    assert alerts.LEVELS is vocabulary.LEVELS
    assert users.ROLES is vocabulary.ROLES
    assert set(vocabulary.ROLES) == set(ROLES)
