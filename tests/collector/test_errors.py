import inspect
import pickle

from tramgac_collector import errors
from tramgac_collector.pairs import Both


def test_the_tree_at_the_top_is_the_tree():
    classes = {
        name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__
    }
    drawn = [line.strip("│├└─ ").split()[0] for line in (errors.__doc__ or "").splitlines()[2:] if line.strip()]
    assert sorted(drawn) == sorted(classes)
    assert all(issubclass(kind, errors.CollectorError) and kind.__doc__ for kind in classes.values())


def test_what_a_person_reads_is_in_their_language_and_in_logs_english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "vi_VN.UTF-8")
    both = errors.StateError(Both("in use", "đang được dùng"))
    assert (str(both), both.said()) == ("in use", "đang được dùng")
    assert errors.DiskFull("full").said() == "full"
    assert pickle.loads(pickle.dumps(both)).what == both.what
    monkeypatch.setenv("LC_ALL", "C")
    assert both.said() == "in use"
