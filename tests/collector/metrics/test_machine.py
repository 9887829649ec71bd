import math
import os

from tramgac_collector import ca, ready
from tramgac_collector.config import CollectorConfig
from tramgac_collector.events import forecast
from tramgac_collector.export import notes
from tramgac_collector.metrics.machine import of_machine, usage


def samples(state, config=None):
    found = of_machine(state, config or CollectorConfig(), 1_790_000_000_000_000_000)
    return {(sample.name, *sample.labels.values()): sample.value for metric in found for sample in metric.samples}


def test_what_is_seen_of_this_machine(state):
    ca.Authority.create().save(state.ca_key, state.ca_certificate)
    ready.announce(state, "judge")
    (state.run / "store.ready").write_text("4194305\n")  # above pid_max: nobody's
    found = samples(state, CollectorConfig(console_certificate=str(state.root / "none.pem")))
    assert (found["tramgac_role_up", "judge"], found["tramgac_role_up", "store"]) == (1, 0)
    assert found["tramgac_role_resident_bytes", "judge"] > 1 << 20
    assert ("tramgac_role_resident_bytes", "store") not in found
    assert found["tramgac_role_cpu_seconds_total", "judge"] > 0
    assert found["tramgac_consumer_lag_records", "judge"] == 0
    assert found["tramgac_disk_free_bytes",] > found["tramgac_disk_minimum_free_bytes",] == 256 << 20
    assert found["tramgac_certificate_ends_timestamp_seconds", "ca"] > 1_790_000_000
    assert ("tramgac_certificate_ends_timestamp_seconds", "console") not in found


def test_what_the_store_exports_and_backups_left(state):
    assert ("tramgac_disk_days_left",) not in samples(state)
    told = {"events": 7, "bytes": 200, "days": 2, "events_a_day": 3, "bytes_a_day": 100, "free": 1, "days_left": 4.5}
    forecast.tell(state, forecast.Forecast(**told))
    state.last_backup.write_text('{"taken": 1790000000000000000}')
    targets = [notes.Note("siem", "sends", 3), notes.Note("elk", "away", 9)]
    notes.leave(state, targets, None, 1)
    found = samples(state)
    assert (found["tramgac_disk_days_left",], found["tramgac_store_bytes",]) == (4.5, 200)
    assert found["tramgac_backup_taken_timestamp_seconds",] == 1_790_000_000
    assert (found["tramgac_export_behind", "elk"], found["tramgac_export_serves", "elk"]) == (9, 0)
    assert found["tramgac_export_serves", "siem"] == 1
    forecast.tell(state, forecast.Forecast(**{**told, "days_left": None}))
    assert samples(state)["tramgac_disk_days_left",] == math.inf


def test_what_a_process_uses():
    resident, seconds = usage(os.getpid())
    assert resident > 1 << 20
    assert seconds > 0
    assert usage(0) is usage(4_194_305) is None
