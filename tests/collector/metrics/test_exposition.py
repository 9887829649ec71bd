import re

from prometheus_client.parser import text_string_to_metric_families
from tramgac_collector.metrics.exposition import MEDIA_TYPE, exposed
from tramgac_collector.tallies import Teller
from tramgac_collector.write_times import WRITES

from tests.tools.console import Console

LINE = re.compile(r'[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? \S+')
ODD = 'a "quoted" \\ Tên\nof two lines'


def test_all_of_it_reads_back(console: Console):
    paths, clock = console.services.paths, console.clock
    Teller(paths, "gateway", clock).tell({"events": 7, ODD: 3}, {"streams": 2})
    console.services.counts.add("csp_reports", 4)
    console.services.hub.raised["critical"] += 2
    text = exposed(console.services).decode()
    assert MEDIA_TYPE == "text/plain; version=0.0.4; charset=utf-8"
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation.endswith(".")
        assert family.type in {"counter", "gauge"}
        found |= {(sample.name, *sample.labels.values()): sample.value for sample in family.samples}
    assert found["tramgac_events_received_total",] == 7
    assert found["tramgac_role_counts_total", ODD, "gateway"] == 3
    assert found["tramgac_role_counts_total", "csp_reports", "api"] == 4
    assert found["tramgac_alerts_raised_total", "critical"] == 2
    assert found["tramgac_control_write_longest_seconds", "api"] == WRITES.gauges()["write_longest_s"]
    assert found["tramgac_control_writes_long_total", "api"] == WRITES.counters()["writes_long"]
    assert {name for name, *_ in found} >= {"tramgac_role_up", "tramgac_consumer_lag_seconds", "tramgac_hosts"}
    for line in text.rstrip("\n").split("\n"):
        assert line.startswith(("# HELP tramgac_", "# TYPE tramgac_")) or LINE.fullmatch(line), line
