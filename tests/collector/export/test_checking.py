import socket

import pytest
from tramgac_collector.errors import CollectorError
from tramgac_collector.export.checking import reach
from tramgac_collector.export.settings import FileTarget, HttpTarget, TcpTarget


def test_a_folder_must_be_there(state, tmp_path):
    (folder := tmp_path / "out").mkdir()
    reach(state, FileTarget(name="a", kind="file", format="ecs", folder=str(folder)))
    assert list(folder.iterdir()) == []
    with pytest.raises(CollectorError, match="nowhere"):
        reach(state, FileTarget(name="a", kind="file", format="ecs", folder=str(tmp_path / "nowhere")))


@pytest.mark.enable_socket
def test_the_other_side_must_answer(state):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        tcp = TcpTarget(name="a", kind="tcp", format="cef", server=f"127.0.0.1:{port}", security="none")
        http = HttpTarget(name="a", kind="http", format="ecs", url=f"http://127.0.0.1:{port}/", plain=True)
        reach(state, tcp)
        reach(state, http)
    for target in (tcp, http):
        with pytest.raises(CollectorError, match="refused"):
            reach(state, target)
    with pytest.raises(CollectorError, match="token"):
        reach(state, http.model_copy(update={"token_file": "token"}))
