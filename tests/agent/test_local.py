import os
import select
import socket
import sys
from pathlib import Path

import pytest
from tramgac_agent.errors import LocalError
from tramgac_agent.local import MAX_PACKET, MAX_TURN, SensorEnd, connect, wait
from tramgac_agent.packets import Acked, Heads, Sample, Skew, Staged, encode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no AF_UNIX on Windows")


@pytest.fixture
def end(tmp_path):
    opened = SensorEnd(tmp_path / "sensor.sock")
    yield opened
    opened.close()


@pytest.fixture
def pipe(end, tmp_path):
    opened = connect(tmp_path / "sensor.sock")
    assert end.receive() == ([], True)
    yield opened
    opened.close()


def receive(pipe):
    select.select([pipe], [], [], 5)
    return pipe.receive()


def test_messages_go_both_ways(end, pipe):
    pipe._sock.send(encode(Acked(1, 2, 3)))
    pipe.send(Skew(-5))
    wait(end.filenos(), 5)
    assert end.receive() == ([Acked(1, 2, 3), Skew(-5)], False)
    heads = Heads(1, 1, {2: (1, 5)})
    assert end.send(heads)
    assert receive(pipe) == heads
    assert pipe.receive() is None


def test_a_descriptor_travels_with_its_packet(end, pipe, tmp_path):
    (tmp_path / "file").write_bytes(b"content")
    fd = os.open(tmp_path / "file", os.O_RDONLY)
    assert end.send(Sample(bytes(32), 7, fd))
    os.close(fd)
    (tmp_path / "file").unlink()
    sample = receive(pipe)
    assert os.read(sample.fd, 100) == b"content"
    assert not os.get_inheritable(sample.fd)
    os.close(sample.fd)


def test_a_new_uplink_takes_the_place_of_the_old(end, pipe, tmp_path):
    second = connect(tmp_path / "sensor.sock")
    assert end.receive()[1]
    with pytest.raises(EOFError):
        receive(pipe)
    end.send(Staged(1))
    second.close()
    assert end.receive() == ([], False)
    assert not end.connected
    assert not end.send(Staged(1))


@pytest.mark.parametrize(
    "packet", [b"garbage", b"x" * (MAX_PACKET + 1), encode(Heads(1, 1, {})), encode(Sample(bytes(32), 1))]
)
def test_an_offender_is_cut_off_and_counted(end, pipe, packet):
    pipe._sock.send(packet)
    assert end.receive() == ([], False)
    assert end.offences == 1
    assert not end.connected


def test_descriptors_that_do_not_belong_are_closed(end, pipe):
    before = len(list(Path("/proc/self/fd").iterdir()))
    fds = [os.open("/dev/null", os.O_RDONLY) for _ in range(3)]
    socket.send_fds(pipe._sock, [encode(Skew(1))], fds[:1])
    socket.send_fds(pipe._sock, [encode(Skew(1))], fds)
    for fd in fds:
        os.close(fd)
    assert end.receive() == ([Skew(1)], False)
    assert end.offences == 1
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 1  # our side of the connection


def test_the_uplink_trusts_the_sensor_no_more_than_that(end, pipe):
    end._pipe._sock.send(encode(Sample(bytes(32), 1)))
    with pytest.raises(LocalError, match="without a descriptor"):
        receive(pipe)


def test_a_reader_that_does_not_read_holds_up_nobody(end, pipe):
    sent = 0
    while end.send(Heads(sent, 1, {1: (1, 2)})):
        sent += 1
    assert sent > 1
    assert end.connected
    assert receive(pipe).epoch == 0


def test_one_turn_is_bounded(end, pipe):
    total = 0
    for number in range(MAX_TURN + 50):
        try:
            pipe.send(Skew(number))
        except BlockingIOError:
            break
        total += 1
    messages, _ = end.receive()
    assert len(messages) == min(MAX_TURN, total)


@pytest.mark.root
def test_another_user_may_not_connect(end, tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "sensor.sock").chmod(0o666)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.chdir(tmp_path)  # the folders above let it through no more
            os.setresuid(65534, 65534, 65534)
            connected = connect(Path("sensor.sock"))
            connected.send(Skew(1))
            status = 0
        except OSError:
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    assert end.receive() == ([], False)
    assert not end.connected
    assert end.offences == 1


def test_a_long_path_is_reached_by_its_folder(tmp_path):
    folder = tmp_path / ("x" * 100)
    folder.mkdir()
    end = SensorEnd(folder / "sensor.sock")
    pipe = connect(folder / "sensor.sock")
    assert end.receive()[1]
    pipe.close()
    end.close()
    assert not (folder / "sensor.sock").exists()


def test_nobody_listens(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        connect(tmp_path / "sensor.sock")
