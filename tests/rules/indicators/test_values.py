import time
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.indicators import values


@pytest.mark.parametrize("text", ["00" * 32, "Ab" * 32])
def test_digests(text):
    assert values.digest(text, 32) == bytes.fromhex(text)


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "0 " * 32, "\u0663" * 64])
def test_no_digests(text):
    assert values.digest(text, 32) is None


@pytest.mark.parametrize(("text", "plain"), [
    ("192.0.2.1", "192.0.2.1"),
    (" 192.0.2.1 ", "192.0.2.1"),
    ("192.0.2.1.", "192.0.2.1"),
    ("::ffff:192.0.2.1", "192.0.2.1"),
    ("::FFFF:c000:0201", "192.0.2.1"),
    ("::ffff:c000:0201", "192.0.2.1"),
    ("[2001:DB8::1]", "2001:db8::1"),
    ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
    ("fe80::1%eth0", "fe80::1"),
    ("0xc0.0.2.1", "192.0.2.1"),
    ("0300.0.02.01", "192.0.2.1"),
    ("3221225985", "192.0.2.1"),
    ("0xC0000201", "192.0.2.1"),
    ("192.513", "192.0.2.1"),
    ("192.0.513", "192.0.2.1"),
])  # fmt: skip
def test_addresses_in_any_spelling(text, plain):
    assert values.address(text) == ip_address(plain).packed


@pytest.mark.parametrize("text", [
    "", "-", ".", "...", "1.2.3", "256.1.1.1", "1.2.3.4.5", "1.2.3.+4", "1.2.3.4_0", "1.2.3.\u0664", "09.1.1.1",
    "4294967296", "1.2.65536", "evil.com", "1.2.3.4/24", ":::", "::ffff:1.2.3",
    "::ffff:", "::ffff:1.2.3.400", "0x1g.1", "1." * 500_000,
    "9" * 1_000_000, "1:" * 500_000, "%" * 1_000_000,
])  # fmt: skip
def test_no_addresses(text):
    expected = {"1.2.3": b"\1\2\0\3"}.get(text)
    began = time.process_time()
    assert values.address(text) == expected
    assert time.process_time() - began < 0.5


@given(st.ip_addresses())
def test_every_address_reads_back(address):
    wanted = address.ipv4_mapped if address.version == 6 and address.ipv4_mapped else address
    for text in (str(address), address.exploded, str(address).upper()):
        assert values.address(text) == wanted.packed


@pytest.mark.parametrize(("text", "wanted"), [
    ("192.0.2.0/24", (b"\xc0\0\2\0", 24)),
    ("192.0.2.77/24", (b"\xc0\0\2\0", 24)),
    ("192.0.2.0/255.255.255.0", (b"\xc0\0\2\0", 24)),
    ("0.0.0.0/0", (bytes(4), 0)),
    ("2001:db8::/32", (b"\x20\x01\x0d\xb8" + bytes(12), 32)),
    ("::ffff:192.0.2.0/120", (b"\xc0\0\2\0", 24)),
    ("192.0.2.1", (b"\xc0\0\2\1", 32)),
    ("192.0.2.0/33", None),
    ("evil.com/24", None),
    ("1" * 1_000_000, None),
])  # fmt: skip
def test_networks(text, wanted):
    assert values.network(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("Evil.COM", "evil.com"),
    ("evil.com.", "evil.com"),
    (" evil.com...", "evil.com"),
    ("b\u00fccher.example", "xn--bcher-kva.example"),
    ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
    ("evil\u3002com", "evil.com"),
    ("\uff45vil.com", "evil.com"),
    ("", ""),
    ("a" * 254, ""),
    ("\u00fc" * 300, ""),
    ("\ud800.com", ""),
    ("\u00fc..com", ""),
])  # fmt: skip
def test_domains(text, wanted):
    assert values.domain(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("HTTP://Evil.com", ("http://evil.com/", "evil.com")),
    ("http://evil.com:80/a?b#c", ("http://evil.com/a?b", "evil.com")),
    ("https://evil.com:0443/A", ("https://evil.com/A", "evil.com")),
    ("http://evil.com:8080/", ("http://evil.com:8080/", "evil.com")),
    ("http://user:secret@evil.com/x", ("http://evil.com/x", "evil.com")),
    ("http://good.com@evil.com/x", ("http://evil.com/x", "evil.com")),
    ("http://evil.com\\x", ("http://evil.com/x", "evil.com")),
    ("http://evil.com/%61%2e", ("http://evil.com/a.", "evil.com")),
    ("http://evil.com?x", ("http://evil.com/?x", "evil.com")),
    ("http://0xC0000201/x", ("http://192.0.2.1/x", "192.0.2.1")),
    ("http://[2001:DB8::1]:8080/x", ("http://[2001:db8::1]:8080/x", "2001:db8::1")),
    ("ftp://b\u00fccher.example/", ("ftp://xn--bcher-kva.example/", "xn--bcher-kva.example")),
    ("http:///x", ("", "")),
    ("evil.com/x", ("", "")),
    ("http://evil.com/" + "a" * 3_000, ("", "evil.com")),
    ("http://" + "a" * 3_000 + ".com/", ("", "")),
])  # fmt: skip
def test_urls(text, wanted):
    assert values.url(text) == wanted


@pytest.mark.parametrize(("text", "wanted"), [
    ("C:\\Users\\An\\Evil.EXE", "c:/users/an/evil.exe"),
    ("\\\\?\\C:\\x", "c:/x"),
    ("\\??\\C:\\x", "c:/x"),
    ('"/tmp/x"', "/tmp/x"),
    ("", ""),
])  # fmt: skip
def test_paths(text, wanted):
    assert values.path(text) == wanted


@given(st.text())
def test_any_text_is_read_and_one_form_is_its_own(text):
    values.address(text)
    values.network(text)
    values.digest(text, 16)
    assert values.domain(values.domain(text)) == values.domain(text)
    assert values.path(values.path(text)) == values.path(text) or text.count("/") + text.count("\\") > 3
