from tramgac_collector.errors import Told
from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
from tramgac_collector.pairs import Both


def test_people_read_them_in_their_language(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    for kind in (NotifySettingsError, Undelivered):
        assert issubclass(kind, Told)
        assert (str(kind(Both("a", "b"))), kind(Both("a", "b")).said()) == ("a", "b")
