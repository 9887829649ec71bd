import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.authoring.indicators.checking import check, refanged
from tramgac_rules.authoring.indicators.listed import KINDS, Unusable
from tramgac_rules.indicators.layout import TABLES
from tramgac_rules.indicators.matcher import shown

SHA256 = "AB" * 32


@pytest.mark.parametrize(("kind", "text", "table", "value"), [
    ("", SHA256, "sha256", SHA256.lower()),
    ("hash", "ab" * 20, "sha1", "ab" * 20),
    ("", "ab" * 16, "md5", "ab" * 16),
    ("imphash", "ab" * 16, "imphash", "ab" * 16),
    ("", "45.155.205.233", "address4", "45.155.205.233"),
    ("address", "45.155.205[.]233", "address4", "45.155.205.233"),
    ("address", "45.155.205.233:443", "address4", "45.155.205.233"),
    ("address", "[2a01::1]:443", "address6", "2a01::1"),
    ("address", "::ffff:45.155.205.233", "address4", "45.155.205.233"),
    ("address", "45.155.205.0/24", "network4", "45.155.205.0/24"),
    ("", "45.155.205.233/32", "address4", "45.155.205.233"),
    ("", "2a01:4f8::/32", "network6", "2a01:4f8::/32"),
    ("", "Evil.Example.", "domain", "evil.example"),
    ("", "*.evil.example", "domain", "evil.example"),
    ("domain", "evil[.]example:8080", "domain", "evil.example"),
    ("", "b\u00fccher.example", "domain", "xn--bcher-kva.example"),
    ("hostname", "www.evil.example", "hostname", "www.evil.example"),
    ("", "hxxps://evil[.]example/a", "url", "https://evil.example/a"),
    ("url", "HTTP://Evil.example:80", "url", "http://evil.example/"),
    ("", "C:\\Users\\Public\\evil.exe", "path", "c:/users/public/evil.exe"),
    ("", "/tmp/.x", "path", "/tmp/.x"),
    ("name", "/tmp/.x", "path", "/tmp/.x"),
    ("", "Evil.EXE", "name", "evil.exe"),
    ("name", "evil.com", "name", "evil.com"),
])  # fmt: skip
def test_what_is_good(kind, text, table, value):
    found, data, doubt = check(kind, text)
    assert (found, shown(found, data), doubt) == (table, value, "")


@pytest.mark.parametrize(("kind", "text", "said", "advice"), [
    ("", "", "no value", "take the line out"),
    ("", "something", "cannot be told", "column `type`"),
    ("sha256", "ab" * 20, "is no SHA256", "64 hexadecimal digits"),
    ("hash", "ab" * 15, "no digest", "MD5 has 32"),
    ("md5", "zz" * 16, "is no MD5", "32 hexadecimal"),
    ("address", "010.0.0.1", "no address", "without leading zeros"),
    ("address", "evil.com", "no address", "four decimal"),
    ("network", "1.2.3.0/33", "no network", "192.0.2.0/24"),
    ("", "0.0.0.0/0", "much of the Internet", "/8 or more"),
    ("network", "2000::/3", "much of the Internet", "/16 or more"),
    ("domain", "com", "one label", "all names below it"),
    ("domain", "com.vn", "a registry's", "all names registered"),
    ("domain", "1.2.3.4", "is an address", "type `ip`"),
    ("domain", "http://evil.com/", "no domain", "type `url`"),
    ("domain", "a..b", "no domain", "evil.example"),
    ("domain", "-a.com", "no domain", "evil.example"),
    ("domain", "a b.com", "no domain", "evil.example"),
    ("hostname", "localhost", "one label", ""),
    ("url", "evil.com/x", "no URL", "scheme://host/path"),
    ("url", "http://e.com/" + "x" * 3_000, "no URL", "2048 characters"),
    ("path", "%APPDATA%\\x.exe", "a variable", "`filename`"),
    ("path", "/tmp/*.sh", "a wildcard", "rule"),
    ("path", "tmp/x", "no whole path", "from the root on"),
    ("name", "*.exe", "no file's name", "rule"),
])  # fmt: skip
def test_what_is_wrong_is_said_with_advice(kind, text, said, advice):
    with pytest.raises(Unusable) as caught:
        check(kind, text)
    assert said in str(caught.value)
    assert advice in caught.value.advice
    assert caught.value.severity == "error"
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("kind", "text", "doubt"), [
    ("", "10.1.2.3", "private"),
    ("", "192.168.0.0/16", "private"),
    ("", "127.0.0.1", "loopback"),
    ("", "::1", "loopback"),
    ("", "0.0.0.0", "unspecified"),
    ("", "169.254.1.1", "link-local"),
    ("", "224.0.0.1", "multicast"),
    ("", "8.8.8.8", "resolver"),
    ("", "45.155.205.233/24", "read as 45.155.205.0/24"),
    ("url", "http://127.0.0.1/x", "loopback"),
    ("", "cmd.exe", "common file"),
    ("", "C:\\Windows\\System32\\cmd.exe", "many machines"),
    ("", "github.io", "many who do not know each other"),
    ("", "google.com", "much visited"),
    ("hostname", "www.google.com", "much visited"),
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "empty file"),
])  # fmt: skip
def test_what_is_doubtful_is_taken_and_said(kind, text, doubt):
    assert doubt in check(kind, text)[2]


@given(st.sampled_from(["", "hash", *set(KINDS.values())]), st.text(max_size=80))
def test_any_text_is_good_or_told(kind, text):
    try:
        table, value, _ = check(kind, text)
    except Unusable:
        pass
    else:
        assert table in TABLES
        assert value


def test_refanged():
    assert refanged("hXXp://a[.]b(.)c[:]80") == "http://a.b.c:80"
