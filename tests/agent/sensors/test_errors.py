from tramgac_agent.sensors.errors import KernelError, ProbeError, RecordError, SensorError


def test_a_probe_tells_reason_and_remedy_apart_and_together():
    error = ProbeError("libbpf.so.1 not found", "apt install libbpf1")
    assert (error.reason, error.install) == ("libbpf.so.1 not found", "apt install libbpf1")
    assert str(error) == "libbpf.so.1 not found; apt install libbpf1"
    assert str(ProbeError("no")) == "no"


def test_all_are_sensor_errors():
    assert all(issubclass(kind, SensorError) for kind in (ProbeError, KernelError, RecordError))
