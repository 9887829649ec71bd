from tramgac_collector.demo.stream import Arrival


def test_latency_is_from_the_event_to_the_page():
    arrival = Arrival({"time": "2026-11-24T00:00:00.000000Z"}, 1_795_478_400_250_000_000)
    assert arrival.happened == 1_795_478_400_000_000_000
    assert arrival.latency_ms == 250
