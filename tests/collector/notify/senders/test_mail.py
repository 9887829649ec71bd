import base64
import email
import email.policy
import re

import pytest
from tramgac_collector.notify.errors import NotifySettingsError, Undelivered
from tramgac_collector.notify.message import Frame, compose
from tramgac_collector.notify.senders.mail import MailSender, composed
from tramgac_collector.notify.settings import MailChannel

from tests.collector.notify.briefs import HOSTILE, notice
from tests.collector.notify.servers import Smtp, authority, serving

pytestmark = pytest.mark.enable_socket
LOGIN = base64.b64encode(b"\0gac\0mat khau").decode()


def channel(port: int, **told: object) -> MailChannel:
    own = {"name": "soc", "kind": "mail", "server": f"127.0.0.1:{port}", "sender": "gac@example.vn"}
    return MailChannel.model_validate({**own, "to": ["soc@example.vn"], "security": "none", **told})


def message(**changes: object):
    return compose("soc", [notice(language="vi", **changes)], Frame("https://gac.example.vn"))


def test_a_mail_arrives_as_it_was_written(state):
    server = Smtp()
    with serving(server.handle) as port:
        MailSender(state, channel(port)).send(message())
    ((receivers, body),) = server.mails
    mail = email.message_from_bytes(body, policy=email.policy.default)
    assert receivers == ["soc@example.vn"]
    assert mail["Subject"] == "[Trạm Gác] cao: Xóa bản sao lưu trên pc-1"
    assert mail.get_content().replace("\r\n", "\n") == message().text
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (f"<{message().id}@example.vn>", "auto-generated")
    assert body.isascii()


def test_with_starttls_and_a_login(state, tmp_path):
    made = authority(tmp_path)
    (state.root / "password").write_text("mat khau\n")
    (state.root / "password").chmod(0o600)
    server = Smtp(made.server, LOGIN)
    login = {"user": "gac", "password_file": "password", "ca_file": str(made.file)}
    with serving(server.handle) as port:
        MailSender(state, channel(port, security="starttls", **login)).send(message())
        assert server.verbs.index("STARTTLS") < server.verbs.index("AUTH")
        with pytest.raises(Undelivered, match="certificate"):
            MailSender(state, channel(port, security="starttls", **{**login, "ca_file": ""})).send(message())
        (state.root / "password").write_text("another")
        with pytest.raises(Undelivered, match=r"refused the mail: 535 5\.7\.8 no") as caught:
            MailSender(state, channel(port, security="starttls", **login)).send(message())
        assert "another" not in str(caught.value)
        (state.root / "password").write_text("mật khẩu")
        with pytest.raises(NotifySettingsError, match="plain ASCII"):
            MailSender(state, channel(port, security="starttls", **login)).send(message())
        (state.root / "password").chmod(0o644)
        with pytest.raises(NotifySettingsError, match="0644"):
            MailSender(state, channel(port, security="starttls", **login)).send(message())
    assert len(server.mails) == 1


def test_tls_from_the_first_byte(state, tmp_path):
    made, server = authority(tmp_path), Smtp()
    with serving(lambda plain: server.handle(made.server.wrap_socket(plain, server_side=True))) as port:
        MailSender(state, channel(port, security="tls", ca_file=str(made.file))).send(message())
    assert len(server.mails) == 1


def test_nothing_goes_out_in_the_clear_where_tls_is_wanted(state):
    server = Smtp()
    with serving(server.handle) as port, pytest.raises(Undelivered, match="STARTTLS"):
        MailSender(state, channel(port, security="starttls")).send(message())
    assert not server.mails


def test_a_receiver_that_is_refused_is_named_and_the_others_have_it_once(state):
    server, said = Smtp(refusal="550 5.1.1 no such user"), r"nobody@example.vn: 550 5\.1\.1 no such user"
    with serving(server.handle) as port:
        with pytest.raises(Undelivered, match=said):
            MailSender(state, channel(port, to=["nobody@example.vn"])).send(message())
        found = MailSender(state, channel(port, to=["soc@example.vn", "nobody@example.vn"])).send(message())
        assert re.search(said, found.vi)
        assert MailSender(state, channel(port)).send(message()) is None
    assert [receivers for receivers, _ in server.mails] == [["soc@example.vn"]] * 2


def test_a_server_that_says_nothing(state):
    with serving(lambda connection: connection.recv(1)) as port, pytest.raises(Undelivered, match=f"127.0.0.1:{port}"):
        MailSender(state, channel(port, timeout_s=1)).send(message())


def test_texts_of_hosts_stay_in_the_text():
    mail = composed(channel(25), message(title_vi=HOSTILE, summary=HOSTILE, hostname=HOSTILE * 20), lambda: "now")
    told = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert told.keys() == mail.keys()
    assert "Bcc" not in told
    assert "\n" not in told["Subject"]
    assert len(told["Subject"]) <= 200
    assert told.get_content_type() == "text/plain"
    assert len(list(told.walk())) == 1
