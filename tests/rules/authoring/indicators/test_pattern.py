import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tramgac_rules.authoring.indicators.listed import Unusable
from tramgac_rules.authoring.indicators.pattern import MAX_ALTERNATIVES, named


@pytest.mark.parametrize(("pattern", "wanted"), [
    ("[file:hashes.'SHA-256' = 'ab']", [("sha256", "ab")]),
    ("[file:hashes.SHA256='ab']", [("sha256", "ab")]),
    ("[file:hashes.MD5 = 'a' OR file:hashes.'SHA-1' = 'b']", [("md5", "a"), ("sha1", "b")]),
    ("[ipv4-addr:value = '1.2.3.4'] OR [ipv6-addr:value = '::1']", [("address", "1.2.3.4"), ("address", "::1")]),
    ("[ipv4-addr:value ISSUBSET '1.2.3.0/24']", [("address", "1.2.3.0/24")]),
    ("[domain-name:value IN ('a.example', 'b.example')]", [("domain", "a.example"), ("domain", "b.example")]),
    ("([url:value = 'http://a/'])", [("url", "http://a/")]),
    ("[(file:name = 'x' or file:name = 'y')]", [("name", "x"), ("name", "y")]),
    (r"[file:name = 'it\'s a \\ name']", [("name", "it's a \\ name")]),
    ("[file:hashes.MD5 = 'a' AND file:hashes.'SHA-256' = 'b' AND file:size = 12]", [("sha256", "b")]),
    ("[(file:hashes.MD5 = 'a' OR file:hashes.MD5 = 'b') AND file:name = 'x']", [("md5", "a"), ("md5", "b")]),
    ("[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '::1']", [("address", "::1")]),
    (" [ url:value='http://a/' ] ", [("url", "http://a/")]),
])  # fmt: skip
def test_patterns_that_name_values(pattern, wanted):
    assert named(pattern) == (wanted, None)


@pytest.mark.parametrize(("pattern", "why"), [
    ("[file:name = 'x' AND domain-name:value = 'y']", "several things at once"),
    ("[domain-name:value = 'x' AND domain-name:value = 'y']", "several things at once"),
    ("[process:name = 'x']", "several things at once, or for what events do not have"),
    ("[file:size = 12]", "events do not have"),
    ("[windows-registry-key:key = 'HKLM\\\\x']", "events do not have"),
])  # fmt: skip
def test_what_says_more_is_left_out_and_said(pattern, why):
    found, left_out = named(pattern)
    assert found == []
    assert why in str(left_out)
    assert left_out.severity == "info"


def test_of_alternatives_the_simple_ones_are_taken():
    found, left_out = named("[url:value = 'http://a/' OR process:pid = 1]")
    assert found == [("url", "http://a/")]
    assert left_out is not None


@pytest.mark.parametrize(("pattern", "said", "severity"), [
    ("[url:value LIKE 'http://%']", "LIKE", "info"),
    ("[url:value MATCHES 'x']", "MATCHES", "info"),
    ("[url:value != 'x']", "!=", "info"),
    ("[file:size > 1]", ">", "info"),
    ("[url:value = 'x'] AND [url:value = 'y']", "AND", "info"),
    ("[url:value = 'x'] FOLLOWEDBY [url:value = 'y']", "FOLLOWEDBY", "info"),
    ("[url:value = 'x'] WITHIN 5 SECONDS", "WITHIN", "info"),
    ("[NOT url:value = 'x']", "NOT", "info"),
    ("[url:value NOT = 'x']", "NOT", "info"),
    ("", "its end", "error"),
    ("x", "X", "info"),
    ("[", "its end", "error"),
    ("[url:value", "breaks off", "error"),
    ("[url:value = ", "its end", "error"),
    ("[url:value = 'x", "nothing that a pattern", "error"),
    ("[url:value = 'x']]", "not expected", "error"),
    ("[url:value IN ('x' 'y')]", "')' is expected", "error"),
    ("\u00a7", "nothing that a pattern", "error"),
    ("(" * 50 + "[url:value = 'x']" + ")" * 50, "nested deeper", "error"),
    ("x" * 100_000, "characters", "error"),
    ("[" + " AND ".join(["(file:name = 'x' OR file:name = 'y')"] * 30) + "]", f"more than {MAX_ALTERNATIVES}", "error"),
])  # fmt: skip
def test_patterns_that_are_more_or_none(pattern, said, severity):
    began = time.process_time()
    with pytest.raises(Unusable) as caught:
        named(pattern)
    assert time.process_time() - began < 1
    assert said in str(caught.value)
    assert caught.value.severity == severity


@given(st.lists(st.sampled_from(["[", "]", "(", ")", "=", "'x'", "url:value", "AND", "OR", "IN", ",", "NOT", "1"])))
def test_any_pattern_is_read_or_told(tokens):
    with contextlib.suppress(Unusable):
        named(" ".join(tokens))
