import pytest
from tramgac_collector.matching import evtx
from tramgac_rules.authoring.recorded import FIELDS, SYSMON, SYSTEM
from tramgac_rules.sources import CATEGORIES, SERVICES


def test_every_event_of_sysmon_that_a_category_names_is_in_the_table():
    asked = {(channel, number) for found in CATEGORIES.values() for route in found
             for channel in route.channels for number in route.event_ids if channel == SYSMON}  # fmt: skip
    assert asked <= FIELDS.keys()


def test_channels_are_lower_cased_as_log_sources_have_them():
    known = {channel.lower() for channels in SERVICES.values() for channel in channels}
    assert {channel for channel, _ in FIELDS} <= known


@pytest.mark.data
def test_recorded_events_have_no_field_that_the_table_lacks(data_folder):
    seen = {}
    for path in sorted((data_folder / "evtx-attack-samples").rglob("*.evtx")):
        for entry in evtx.entries(path):
            if entry.record and (key := (entry.record.channel.lower(), entry.record.event_id)) in FIELDS:
                seen.setdefault(key, set()).update(entry.record.fields)
    assert len(seen) > 15
    assert not {name for key, names in seen.items() for name in names - FIELDS[key] - SYSTEM}
