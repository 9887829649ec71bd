from tramgac_collector.workshop import bench, desk
from tramgac_collector.workshop.events import sources

from tests.collector.workshop.conftest import exported


def test_only_so_many_events_are_measured(folder, monkeypatch):
    monkeypatch.setattr(bench, "MOST", 40)
    folder.rule()
    events = folder.events(*(exported("sh evil") for _ in range(60)), {"no": "event"})
    done = bench.measure(desk.load([folder.path]).rules, sources([events]))
    assert done.events == 40
    assert done.costs[0].hits == 40, "what warmed up is not counted"
    assert done.share(done.costs[0]) >= 0
