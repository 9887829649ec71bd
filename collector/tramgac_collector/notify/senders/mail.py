"""Mail by SMTP: plain text, UTF-8, headers made by the standard library, which refuses what would break them."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Final

from tramgac_collector.cli.terminal import shorten
from tramgac_collector.config import address
from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
from tramgac_collector.notify.message import Message
from tramgac_collector.notify.senders.base import broke, dialled, tls
from tramgac_collector.notify.settings import MailChannel, authorities, secret
from tramgac_collector.notify.words import Notify
from tramgac_collector.pairs import Both
from tramgac_collector.paths import StatePaths

PRODUCT: Final = "Trạm Gác"
SUBJECT: Final = 200
Refused = Mapping[str, tuple[int, bytes]]
"""Receivers that a server refused, each with code and reason."""
_POLICY: Final = policy.SMTP.clone(cte_type="7bit")  # quoted-printable or base64: no server has to know 8BITMIME


class _Smtp(smtplib.SMTP):
    """An SMTP dialogue over a connection that is there already."""

    def __init__(self, connection: socket.socket, host: str, port: int, timeout_s: float) -> None:
        """Take the connection, and read the greeting."""
        self._connection = connection
        super().__init__(host, port, timeout=timeout_s)

    def _get_socket(self, *_: object) -> socket.socket:
        return self._connection


class MailSender:
    """A mail channel's sender."""

    def __init__(self, paths: StatePaths, channel: MailChannel) -> None:
        """Remember the channel; secrets are read when they are needed."""
        self._paths, self._channel = paths, channel

    def send(self, message: Message) -> Both | None:
        """Bring one message to all receivers; say which of them were refused. Raises Undelivered if all were."""
        channel = self._channel
        host, port = address(channel.server)
        mail = composed(channel, message)
        try:
            context = tls(authorities(self._paths, channel.ca_file))
            at_once = context if channel.security == "tls" else None
            with dialled(host, port, channel.timeout_s, secure=at_once) as connection:
                refused = self._dialogue(connection, host, port, mail, context)
        except smtplib.SMTPRecipientsRefused as error:
            raise Undelivered(_refusal(host, port, error.recipients)) from None
        except smtplib.SMTPResponseException as error:
            why = f"{error.smtp_code} {_text(error.smtp_error)}"
            raise Undelivered(Notify.MAIL_REFUSED.both(host=host, port=port, why=why)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise broke(host, port, error) from None
        return _refusal(host, port, refused) if refused else None  # sent again, the others would have it twice

    def _dialogue(
        self, connection: socket.socket, host: str, port: int, mail: EmailMessage, context: ssl.SSLContext
    ) -> Refused:
        """Speak with the server; give the receivers that it refused, if it took the mail for others."""
        channel = self._channel
        with _Smtp(connection, host, port, channel.timeout_s) as server:
            if channel.security == "starttls":
                server.starttls(context=context)
            if channel.user:
                server.login(channel.user, self._password())
            return server.send_message(mail, channel.sender, channel.to)

    def _password(self) -> str:
        content = secret(self._paths, self._channel.password_file)
        if not content.isascii():  # the standard library's login knows no other
            file = self._paths.root / self._channel.password_file
            raise NotifySettingsError(Notify.SECRET.both(file=file, why=Notify.SECRET_ASCII.both()))
        return content.decode()


def _refusal(host: str, port: int, refused: Refused) -> Both:
    why = "; ".join(f"{who}: {code} {_text(said)}" for who, (code, said) in refused.items())
    return Notify.MAIL_REFUSED.both(host=host, port=port, why=why)


def composed(channel: MailChannel, message: Message, now: Callable[[], str] | None = None) -> EmailMessage:
    """Make the mail."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.to)
    mail["Subject"] = shorten(f"[{PRODUCT}] {message.subject}", SUBJECT)
    mail["Date"] = now() if now else format_datetime(localtime())
    mail["Message-ID"] = f"<{message.id}@{channel.sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday reply comes back
    mail["X-Tramgac-Level"] = message.level
    mail.set_content(message.text, charset="utf-8")
    return mail


def _text(said: bytes | str) -> str:
    return said.decode("utf-8", "backslashreplace") if isinstance(said, bytes) else said
