"""The sender of a channel, by its kind."""

from __future__ import annotations

from tramgac_collector.notify.senders.base import Sender, tls
from tramgac_collector.notify.senders.mail import MailSender
from tramgac_collector.notify.senders.syslog import SyslogSender
from tramgac_collector.notify.senders.webhook import WebhookSender
from tramgac_collector.notify.settings import (
    Channel,
    MailChannel,
    NotifySettings,
    WebhookChannel,
    authorities,
    secret,
)
from tramgac_collector.paths import StatePaths


def sender_of(paths: StatePaths, channel: Channel) -> Sender:
    """Make the sender of a channel."""
    if isinstance(channel, MailChannel):
        return MailSender(paths, channel)
    if isinstance(channel, WebhookChannel):
        return WebhookSender(paths, channel)
    return SyslogSender(paths, channel)


def check(paths: StatePaths, settings: NotifySettings) -> None:
    """Read what channels refer to, without sending anything.

    Raises:
        NotifySettingsError: a secret's file is not as it must be.
        Undelivered: a file of authorities holds none.

    """
    for channel in settings.channel:
        for file in _secrets(channel):
            secret(paths, file)
        if channel.ca_file:
            tls(authorities(paths, channel.ca_file))


def _secrets(channel: Channel) -> list[str]:
    named: list[str] = []
    if isinstance(channel, MailChannel):
        named = [channel.password_file]
    elif isinstance(channel, WebhookChannel):
        named = [channel.secret_file, channel.token_file]
    return [file for file in named if file]
