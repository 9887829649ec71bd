import socket

import pytest
from tramgac_collector.errors import SettingsError
from tramgac_collector.listening import hindrance

pytestmark = pytest.mark.enable_socket


def test_why_nobody_can_listen_there():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        assert hindrance(where) == "Address already in use"
    assert hindrance(where) == ""
    assert hindrance("192.0.2.1:0") == "Cannot assign requested address"
    with pytest.raises(SettingsError):
        hindrance("here")
