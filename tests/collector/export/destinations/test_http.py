import json
import ssl
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tramgac_collector.export.destinations.base import Line
from tramgac_collector.export.destinations.http import HttpDestination
from tramgac_collector.export.errors import Away, Refused
from tramgac_collector.export.settings import HttpTarget

from tests.collector.export.certificates import authority, issue

pytestmark = pytest.mark.enable_socket


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        status, headers, said = self.server.answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(said))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)
        if self.server.hang_up:
            self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    made.got, made.answer, made.hang_up = [], (200, {}, b"{}"), False
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def target(server, path="/in?a=1", **more):
    more = {"url": f"http://127.0.0.1:{server.server_port}{path}", "plain": True, **more}
    return HttpTarget(name="siem", kind="http", format="ecs", timeout_s=5.0, **more)


TWO = [Line("h/1/2/3", b'{"a":1}'), Line("h/1/2/4", b'{"a":2}')]


def test_lines_are_posted_with_the_token_over_one_connection(state, server):
    (state.root / "token").write_text("t0k3n\n")
    (state.root / "token").chmod(0o600)
    made = HttpDestination(state, target(server, token_file="token", scheme="ApiKey"))
    assert made.send(TWO, {"x": 1}) == {"x": 1}
    first = made._connection
    made.send(TWO[:1], {})
    assert made._connection is first
    assert made.settled({"y": 2}) == {"y": 2}
    path, headers, body = server.got[0]
    assert (path, body) == ("/in?a=1", b'{"a":1}\n{"a":2}\n')
    assert (headers["Authorization"], headers["Content-Type"]) == ("ApiKey t0k3n", "application/x-ndjson")
    made.close()


def test_a_connection_that_the_other_side_ended_is_made_anew(state, server):
    server.hang_up = True
    made = HttpDestination(state, target(server))
    for _ in range(3):
        made.send(TWO, {})
    assert len(server.got) == 3
    made.close()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (413, Refused), (422, Refused), (401, Away), (404, Away), (429, Away), (503, Away), (302, Away)],
)
def test_what_the_answer_means(state, server, status, kind):
    server.answer = (status, {"Retry-After": "17"}, b"no\nway \xff")
    made = HttpDestination(state, target(server))
    with pytest.raises(kind, match=rf"answered {status}.*no\\nway") as error:
        made.send(TWO, {})
    if kind is Away:
        assert error.value.retry_after_s == 17
    made.close()


@pytest.mark.parametrize(
    ("said", "meant"), [("", None), ("soon", None), ("120", 120.0), (formatdate(1_000_060, usegmt=True), 60.0)]
)
def test_retry_after(state, server, said, meant):
    made = HttpDestination(state, target(server), clock=lambda: 1_000_000.0)
    assert made._retry_after(said) == meant


def item(status):
    return {"create": {"status": status, "error": {"type": "t", "reason": "r"}}}


def bulk(*statuses):
    told = {"errors": any(status >= 300 for status in statuses), "items": [item(status) for status in statuses]}
    return (200, {}, json.dumps(told).encode())


def test_elastic_s_bulk_gets_documents_that_are_created_once(state, server):
    server.answer = bulk(201, 409)
    made = HttpDestination(state, target(server, index="tramgac-events"))
    made.send(TWO, {})
    lines = server.got[0][2].splitlines()
    assert json.loads(lines[0]) == {"create": {"_index": "tramgac-events", "_id": "h/1/2/3"}}
    assert lines[1] == b'{"a":1}'
    made.close()


def test_of_bulk_what_is_refused_is_named_and_what_may_go_later_is_tried_again(state, server):
    made = HttpDestination(state, target(server, index="i"))
    server.answer = bulk(201, 400)
    with pytest.raises(Refused) as error:
        made.send(TWO, {})
    assert error.value.which == (1,)
    server.answer = bulk(400, 429)
    with pytest.raises(Away, match="429"):
        made.send(TWO, {})
    for said in (b"<html>", b'{"errors": true}', b"[]"):
        server.answer = (200, {}, said)
        with pytest.raises(Away, match="_bulk"):
            made.send(TWO, {})
    made.close()


def test_https_knows_the_other_side(state, server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*issue(authority(state.root), "127.0.0.1"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    url = f"https://127.0.0.1:{server.server_port}/"
    made = HttpDestination(state, target(server, url=url, ca_file="authority.pem"))
    made.send(TWO, {})
    made.close()
    with pytest.raises(Away, match="CERTIFICATE_VERIFY_FAILED"):
        HttpDestination(state, target(server, url=url)).send(TWO, {})
    assert len(server.got) == 1


def test_nobody_there_and_a_token_that_is_not_there(state, server):
    made = HttpDestination(state, target(server, token_file="nowhere"))
    with pytest.raises(Away, match="nowhere"):
        made.send(TWO, {})
    with pytest.raises(Away, match="refused"):
        HttpDestination(state, target(server, url="http://127.0.0.1:1/")).send(TWO, {})
