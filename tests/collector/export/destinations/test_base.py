from tramgac_collector.export import destinations, formats
from tramgac_collector.export.destinations.base import Line
from tramgac_collector.export.destinations.file import FileDestination
from tramgac_collector.export.destinations.http import HttpDestination
from tramgac_collector.export.destinations.tcp import TcpDestination
from tramgac_collector.export.settings import FileTarget, HttpTarget, TcpTarget


def test_each_kind_of_target_has_its_destination(state):
    targets = {
        FileDestination: FileTarget(name="a", kind="file", format="ecs", folder="/srv"),
        TcpDestination: TcpTarget(name="a", kind="tcp", format="cef", server="h:1"),
        HttpDestination: HttpTarget(name="a", kind="http", format="ecs", url="https://h"),
    }
    for kind, target in targets.items():
        assert type(destinations.make(state, target, formats.make(target.format), 0, lambda: False)) is kind
    assert Line("a", b"b").data == b"b"
