"""A webhook: one JSON document by HTTPS POST, signed. What is answered is not followed, and hardly read."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from tramgac_collector.notify.errors import Undelivered
from tramgac_collector.notify.message import Message
from tramgac_collector.notify.senders.base import broke, dialled, tls
from tramgac_collector.notify.settings import WebhookChannel, authorities, secret
from tramgac_collector.notify.words import Notify
from tramgac_collector.paths import StatePaths

_ANSWER: Final = 4_096
"""So much of an answer is read, bytes."""
_ACTS: Final = re.compile("[&<>@]")
_ESCAPED: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\u200b"}


class WebhookSender:
    """A webhook channel's sender."""

    def __init__(self, paths: StatePaths, channel: WebhookChannel, clock: Callable[[], float] = time.time) -> None:
        """Remember the channel; secrets are read when they are needed. `clock` in seconds since 1970."""
        self._paths, self._channel, self._clock = paths, channel, clock

    def send(self, message: Message) -> None:
        """Post one message. Raises Undelivered unless the answer is 200 to 299."""
        parts = urlsplit(self._channel.url)
        host = parts.hostname or ""
        secure = parts.scheme == "https"
        port = parts.port or (443 if secure else 80)
        body = encoded(message)
        headers = self._headers(body, message.id)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            context = tls(authorities(self._paths, self._channel.ca_file)) if secure else None
            near, timeout_s = self._channel.near, self._channel.timeout_s
            with dialled(host, port, timeout_s, near=near, secure=context) as connection:
                asked = http.client.HTTPConnection(host, port, timeout=timeout_s)
                asked.sock = connection
                asked.request("POST", target, body, {"Host": parts.netloc, **headers})
                with asked.getresponse() as answer:
                    answer.read(_ANSWER)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise broke(host, port, error) from None
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise Undelivered(Notify.STATUS.both(host=host, port=port, status=answer.status))

    def _headers(self, body: bytes, number: str) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "tramgac", "X-Tramgac-Message": number}
        if self._channel.token_file:
            headers["Authorization"] = f"Bearer {secret(self._paths, self._channel.token_file).decode('latin-1')}"
        if self._channel.secret_file:
            moment = str(int(self._clock()))
            headers["X-Tramgac-Time"] = moment
            headers["X-Tramgac-Signature"] = signature(secret(self._paths, self._channel.secret_file), moment, body)
        return headers


def encoded(message: Message) -> bytes:
    """Make the document: what stands in `text` can be shown by a chat as it is, and calls nobody."""
    return json.dumps({**message.document, "text": shown(message.text)}, ensure_ascii=True).encode()


def shown(text: str) -> str:
    """Give text in which no markup of hosts acts and no @all rings: &, <, > as HTML has them, @ parted."""
    return _ACTS.sub(lambda found: _ESCAPED[found[0]], text)


def signature(key: bytes, moment: str, body: bytes) -> str:
    """Sign: sha256= and the HMAC-SHA-256 of time (seconds since 1970), a dot and the body, hexadecimal."""
    return "sha256=" + hmac.new(key, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
