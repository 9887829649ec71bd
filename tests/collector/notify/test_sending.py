import pytest
from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
from tramgac_collector.notify.senders.mail import MailSender
from tramgac_collector.notify.senders.syslog import SyslogSender
from tramgac_collector.notify.senders.webhook import WebhookSender
from tramgac_collector.notify.sending import check, sender_of
from tramgac_collector.notify.settings import load

from tests.collector.notify.test_settings import WHOLE


def test_each_kind_has_its_sender(state):
    state.notify.write_text(WHOLE)
    found = [type(sender_of(state, channel)) for channel in load(state).channel]
    assert found == [MailSender, WebhookSender, SyslogSender]


def test_what_channels_refer_to_is_looked_at(state):
    state.notify.write_text(WHOLE.replace('kind = "syslog"', 'kind = "syslog"\nca_file = "ca.pem"'))
    secrets = state.root / "secrets"
    secrets.mkdir()
    for name in ("smtp", "hook"):
        with pytest.raises(NotifySettingsError, match=name):
            check(state, load(state))
        (secrets / name).write_text("x")
        (secrets / name).chmod(0o600)
    with pytest.raises(Undelivered, match=r"ca\.pem holds no certificates"):
        check(state, load(state))
