import socket
import tomllib

import pytest
from tramgac_collector.demo.stage import content_folder, free_port, keep_user


def test_our_content_is_found():
    assert list(content_folder().glob("sigma/**/*.yml"))


@pytest.mark.enable_socket
def test_a_taken_port_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert free_port(port) not in (0, port)


@pytest.mark.root
def test_the_uplink_stays_root_in_roots_demo(tmp_path):
    config = tmp_path / "agent/config.toml"
    keep_user(config)
    said = config.read_text()
    assert tomllib.loads(said) == {"uplink_user": "root"}
    keep_user(config)
    assert config.read_text() == said
    config.write_text('collector = "127.0.0.1:1"\n[scope]\nfolders = []\n')
    keep_user(config)
    assert tomllib.loads(config.read_text()).keys() == {"uplink_user", "collector", "scope"}
