import socket

import pytest
from tramgac_collector.demo.stage import content_folder, free_port


def test_our_content_is_found():
    assert list(content_folder().glob("sigma/**/*.yml"))


@pytest.mark.enable_socket
def test_a_taken_port_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)
