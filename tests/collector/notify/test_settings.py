import pytest
from tramgac_collector.notify.errors import NotifySettingsError
from tramgac_collector.notify.settings import MailChannel, load, secret

WHOLE = """
zone = "Asia/Ho_Chi_Minh"

[[channel]]
name = "soc"
kind = "mail"
server = "smtp.example.vn:587"
sender = "gac@example.vn"
to = ["soc@example.vn", "truc.ban@example.vn"]
user = "gac"
password_file = "secrets/smtp"

[[channel]]
name = "chat"
kind = "webhook"
url = "https://chat.example.vn/hooks/abc"
secret_file = "secrets/hook"

[[channel]]
name = "siem"
kind = "syslog"
server = "[2001:db8::7]:6514"

[[route]]
channels = ["soc", "chat"]
severity = "critical"

[[route]]
channels = ["siem"]
severity = "low"
hours = "22:00-06:00"
days = ["sat", "sun"]
window_s = 60
"""


def test_without_a_file_nobody_is_told(state):
    assert load(state).channel == []


def test_a_whole_file(state):
    state.notify.write_text(WHOLE)
    made = load(state)
    assert isinstance(made.named("soc"), MailChannel)
    assert [channel.target for channel in made.channel] == [
        "soc@example.vn, truc.ban@example.vn",
        "https://chat.example.vn/...",
        "tls:[2001:db8::7]:6514",
    ]
    assert made.route[1].span == (22 * 60, 6 * 60)
    assert made.route[1].window_s == 60


MAIL = '[[channel]]\nname = "m"\nkind = "mail"\nserver = "h:25"\nsender = "a@b.vn"\nto = ["c@d.vn"]\n'
HOOK = '[[channel]]\nname = "w"\nkind = "webhook"\nurl = '


@pytest.mark.parametrize(
    ("text", "said", "said_vi"),
    [
        ("[[channel]]\nname = 1", "channel 1: needs 'kind'", "channel 1: cần có 'kind'"),
        ('[[channel]]\nkind = "pager"', "channel 1: must be one of 'mail', 'webhook', 'syslog'", "phải là một trong"),
        (MAIL + 'colour = "red"', "channel 1.colour: there is no such setting", "không có thiết lập này"),
        (MAIL.replace('"h:25"', '"h"'), "channel 1.server: 'h' is no HOST:PORT", "không phải HOST:PORT"),
        (MAIL.replace("a@b.vn", "a b"), "channel 1.sender: 'a b' is no mail address", "không phải địa chỉ thư"),
        (MAIL.replace("c@d.vn", "c@d.vn\\nBcc: x@y.vn"), "channel 1.to 1: 'c@d.vn\\nBcc: x@y.vn' is no mail", "thư"),
        (MAIL.replace('["c@d.vn"]', "[]"), "channel 1.to: must not be empty", "không được để trống"),
        (MAIL + 'user = "u"', "channel 1: user and password_file go together", "phải đi cùng nhau"),
        (MAIL + 'user = "u"\npassword_file = "p"\nsecurity = "none"', "channel 1: a password needs TLS", "qua TLS"),
        (MAIL + "tries = 0", "channel 1.tries: must be 1 at least", "phải ít nhất là 1"),
        (MAIL + 'per_minute = "6"', "channel 1.per_minute: must be a whole number", "phải là số nguyên"),
        (MAIL + MAIL, "two channels are named 'm'", "hai kênh cùng tên 'm'"),
        (MAIL.replace('"m"', '"m m"'), "channel 1.name: 'm m' must be letters", "chữ cái"),
        (HOOK + '"http://chat.example.vn/"', "channel 1: 'http://chat.example.vn/' is no https:// address", "https://"),
        (HOOK + '"https://u:p@chat.example.vn/"', "is no https:// address", "https://"),
        (HOOK + '"https://chat.example.vn/\\r\\nX: 1"', "is no https:// address", "https://"),
        (HOOK + '"https://chat.example.vn:x/"', "is no https:// address", "https://"),
        ('[[route]]\nchannels = ["nobody"]', "route 1.channels: there is no [[channel]] named 'nobody'", "nobody"),
        ("[[route]]\nchannels = []", "route 1.channels: must not be empty", "không được để trống"),
        ('[[route]]\nchannels = ["m"]\nhours = "8-17"', "route 1.hours: '8-17' is no span", "khoảng giờ"),
        ('[[route]]\nchannels = ["m"]\nhours = "22:00-24:30"', "is no span", "khoảng giờ"),
        ('[[route]]\nchannels = ["m"]\nseverity = "urgent"', "route 1.severity: must be one of 'informational'", "một"),
        ('zone = "Asia/Hanoi"', "zone: there is no time zone 'Asia/Hanoi'", "không có múi giờ"),
        ('zone = "../../etc/passwd"', "zone: there is no time zone", "không có múi giờ"),
        ("route = 1", "route: must be a list", "phải là danh sách"),
        ("x = ", "is no TOML", "không phải TOML"),
        ("\udcff", "is no TOML", "không phải TOML"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(state, text, said, said_vi):
    state.notify.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(NotifySettingsError) as caught:
        load(state)
    assert said in caught.value.what.en
    assert said_vi in caught.value.what.vi
    assert str(state.notify) in caught.value.what.en


def test_only_the_own_machine_may_be_called_without_tls(state):
    state.notify.write_text(HOOK + '"http://127.0.0.1:8065/"\nnear = true')
    assert load(state).channel[0].near


def test_a_file_that_cannot_be_read(state):
    state.notify.mkdir()
    with pytest.raises(NotifySettingsError, match="cannot be read"):
        load(state)


def test_secrets_are_files_that_nobody_else_reads(state):
    path = state.root / "hook"
    for content, mode, said in (
        (b"k3y\n", 0o640, "mode 0640"),
        (b" \n", 0o600, "it is empty"),
        (b"a\nb", 0o600, "more than one line"),
    ):
        path.write_bytes(content)
        path.chmod(mode)
        with pytest.raises(NotifySettingsError, match=said):
            secret(state, "hook")
    path.write_bytes(b"k3y\n")
    assert secret(state, "hook") == secret(state, str(path)) == b"k3y"
    path.unlink()
    with pytest.raises(NotifySettingsError, match="No such file"):
        secret(state, "hook")
