import json

from tramgac_collector.export.building import build
from tramgac_collector.export.settings import FileTarget, TcpTarget

from tests.collector.export import made
from tests.collector.export.sources.test_outbox import raise_one
from tests.collector.judging.feed import HOST, add_hosts, start
from tests.collector.station import settings


def test_events_go_from_the_log_into_a_file(store, state, feed, tmp_path):
    add_hosts(store, HOST)
    (tmp_path / "out").mkdir()
    feed.send(start("curl a"), start("ls"))
    chosen = {"what": "events", "query": "process.command_line:curl*", "since": "all"}
    target = FileTarget(name="t", kind="file", format="ecs", folder=str(tmp_path / "out"), **chosen)
    pump = build(state, settings(log_segment_bytes=1 << 16), store, target)
    pump.step()
    pump.close()
    [line] = (tmp_path / "out" / "t-000000000001.ndjson.part").read_text().splitlines()
    assert (json.loads(line)["host"]["name"], json.loads(line)["process"]["command_line"]) == ("pc-0", "curl a")


def test_alerts_of_a_severity_go_into_another(store, state, now, tmp_path):
    (tmp_path / "out").mkdir()
    raise_one(store, 1, now, "low")
    raise_one(store, 2, now)
    target = FileTarget(name="t", kind="file", format="cef", folder=str(tmp_path / "out"), severity="high", since="all")
    pump = build(state, settings(log_segment_bytes=1 << 16), store, target)
    while pump.step():
        pass
    pump.close()
    [line] = (tmp_path / "out" / "t-000000000001.cef.part").read_text().splitlines()
    assert line.startswith("CEF:0|Tram Gac|tramgac|")


def test_cef_over_tcp_is_a_syslog_message(store, state):
    target = TcpTarget(name="t", kind="tcp", format="cef", server="h:1", facility=13)
    pump = build(state, settings(), store, target)
    assert pump.encode(made.alert()).startswith(b"<107>1 2026-09-21T14:13:20.123456Z pc-17 tramgac - alert - CEF:0|")
    plain = FileTarget(name="t", kind="file", format="cef", folder="/srv")
    assert build(state, settings(), store, plain).encode(made.alert()).startswith(b"CEF:0|")
