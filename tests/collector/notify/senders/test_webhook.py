import hashlib
import hmac
import json

import pytest
from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.message import Frame, compose
from tramgac_collector.notify.senders.webhook import WebhookSender, encoded, shown
from tramgac_collector.notify.settings import WebhookChannel

from tests.collector.notify.briefs import HOSTILE, notice
from tests.collector.notify.servers import Hook, authority, serving

pytestmark = pytest.mark.enable_socket


def channel(url: str, **told: object) -> WebhookChannel:
    return WebhookChannel.model_validate({"name": "chat", "kind": "webhook", "url": url, "near": True, **told})


def message(**changes: object):
    return compose("chat", [notice(3, **changes)], Frame())


def keep(state, name: str, text: str) -> str:
    (state.root / name).write_text(text)
    (state.root / name).chmod(0o600)
    return name


def test_a_signed_document_arrives(state, tmp_path):
    made = authority(tmp_path)
    server = Hook(made.server)
    secrets = {"secret_file": keep(state, "key", "k3y"), "token_file": keep(state, "token", "t0k3n")}
    with serving(server.handle) as port:
        own = channel(f"https://127.0.0.1:{port}/hooks/abc?x=1", ca_file=str(made.file), **secrets)
        WebhookSender(state, own, lambda: 1_790_000_000.9).send(message())
    ((first, headers, body),) = server.posted
    assert first == "POST /hooks/abc?x=1 HTTP/1.1"
    assert (headers["authorization"], headers["host"]) == ("Bearer t0k3n", f"127.0.0.1:{port}")
    right = hmac.new(b"k3y", b"1790000000." + body, hashlib.sha256).hexdigest()
    assert (headers["x-tramgac-time"], headers["x-tramgac-signature"]) == ("1790000000", f"sha256={right}")
    told = json.loads(body)
    assert told["id"] == headers["x-tramgac-message"] == message().id
    assert [alert["hostname"] for alert in told["notices"][0]["alerts"]] == ["pc-1", "pc-2", "pc-3"]
    assert told["text"].startswith("high: Shadow copies deleted (+2)")


@pytest.mark.parametrize("status", [301, 307, 400, 429, 500, 503])
def test_any_other_answer_is_tried_again_and_none_is_followed(state, status):
    server = Hook(status=status, location="http://127.0.0.1:1/elsewhere")
    with serving(server.handle) as port, pytest.raises(Undelivered, match=f"answered {status}"):
        WebhookSender(state, channel(f"http://127.0.0.1:{port}/")).send(message())
    assert len(server.posted) == 1


def test_an_authority_that_is_not_ours(state, tmp_path):
    server = Hook(authority(tmp_path).server)
    with serving(server.handle) as port, pytest.raises(Undelivered, match="certificate"):
        WebhookSender(state, channel(f"https://127.0.0.1:{port}/")).send(message())
    assert not server.posted


def test_this_machine_is_not_called_unasked(state):
    server = Hook()
    with serving(server.handle) as port, pytest.raises(Undelivered, match="only with near = true"):
        WebhookSender(state, channel(f"https://localhost:{port}/", near=False)).send(message())
    assert not server.posted


@pytest.mark.parametrize("said", [b"", b"garbage\r\n\r\n"])
def test_an_answer_that_is_none(state, said):
    def handle(connection):
        connection.recv(65_536)
        connection.sendall(said)

    with serving(handle) as port, pytest.raises(Undelivered, match=f"127.0.0.1:{port}"):
        WebhookSender(state, channel(f"http://127.0.0.1:{port}/", timeout_s=2)).send(message())


def test_texts_of_hosts_ring_and_draw_nothing():
    told = json.loads(encoded(message(summary=HOSTILE + "<!channel> @all", title=HOSTILE)))
    assert not {"<", ">", "\x1b", "\x00"} & set(told["text"])
    assert "@all" not in told["text"]
    assert told["notices"][0]["alerts"][0]["summary"] == HOSTILE + "<!channel> @all"
    assert shown("a & b <c> @d") == "a &amp; b &lt;c&gt; @\u200bd"
