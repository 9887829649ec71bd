import socket
from pathlib import Path

import pytest
from tramgac_wire.address import short_address


@pytest.mark.parametrize("depth", [0, 80])
def test_a_socket_is_reached_however_deep_its_folder_is(tmp_path, depth):
    folder = tmp_path / "d" / ("e" * depth) / ("f" * depth)
    folder.mkdir(parents=True)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as caller:
        with short_address(folder / "x.sock") as address:
            assert len(address) < 108
            listener.bind(address)
        listener.listen(1)
        with short_address(folder / "x.sock") as address:
            caller.connect(address)
    assert (folder / "x.sock").is_socket()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_deep_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError), short_address(tmp_path / ("e" * 120) / "x.sock"):
        pass
