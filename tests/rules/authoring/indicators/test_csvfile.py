import io

import pytest
from tramgac_rules.authoring.indicators.csvfile import read
from tramgac_rules.authoring.problems import Problem


def told(text):
    return [*read("feed.csv", io.StringIO(text), "feed")]


def short(text):
    """Kind and value of what is listed."""
    return [(it.kind, it.value) for it in told(text) if not isinstance(it, Problem)]


def test_a_header_says_what_is_where_in_any_order():
    (it,) = told("Note,Severity,IOC Value,type,Source,Valid-Until\nC2,high,evil.example,domain,CERT,2026-01-31\n")
    assert (it.kind, it.value, it.level, it.note, it.source) == ("domain", "evil.example", "high", "C2", "CERT")
    assert (it.line, it.column, it.expires) == (2, 9, 1_769_817_600_000_000_000)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators(separator):
    rows = [["value", "note"], ["evil.example", "a"]]
    assert short("\n".join(separator.join(row) for row in rows)) == [("", "evil.example")]


def test_columns_named_for_what_they_hold():
    text = "sha256,md5,file_name,reporter\n" + "ab" * 32 + "," + "cd" * 16 + ",invoice.exe,me\n,,x.exe,\n"
    assert short(text) == [("sha256", "ab" * 32), ("md5", "cd" * 16)], "a name beside a digest is a note"
    assert short("filename\nevil.exe\n") == [("name", "evil.exe")]
    assert short("ip,domain\n1.2.3.4,\n,evil.example\n") == [("address", "1.2.3.4"), ("domain", "evil.example")]


def test_a_header_in_a_comment_as_public_feeds_have_it():
    text = (
        "################\n# Some Feed, terms of use, see there #\n#\n"
        '# "first_seen_utc","ioc_id","ioc_value","ioc_type","threat_type","malware_printable"\n'
        '"2026-01-31 08:00:00", "1", "1.2.3.4:443", "ip:port", "botnet_cc", "Some Trojan"\n'
    )
    (it,) = told(text)
    assert (it.kind, it.value, it.note, it.source, it.line) == ("address", "1.2.3.4:443", "botnet_cc", "feed", 5)
    assert short("# id,dateadded,url,url_status\n1,2026,http://evil.example/,online\n") == [
        ("url", "http://evil.example/"),
    ]  # fmt: skip


def test_a_plain_list():
    assert short("\ufeff# a list\n\nevil.example\n 1.2.3.4 \r\n".removeprefix("\ufeff")) == [
        ("", "evil.example"), ("", "1.2.3.4"),
    ]  # fmt: skip
    assert short("evil.example,domain,note\n") == [("", "evil.example")], "a row with an indicator is no header"
    assert told("") == []


@pytest.mark.parametrize(("text", "ns"), [
    ("", 0), ("never", 0), ("1769817600", 1_769_817_600 * 10**9), ("1769817600123", 1_769_817_600_123 * 10**6),
    ("2026-01-31T00:00:00Z", 1_769_817_600 * 10**9), ("2026-01-31 07:00+07:00", 1_769_817_600 * 10**9),
])  # fmt: skip
def test_moments(text, ns):
    (it,) = told(f"value,expires\nevil.example,{text}\n")
    assert it.expires == ns


@pytest.mark.parametrize(("row", "severity", "said"), [
    ("evil.example,domain,tomorrow,high", "error", "'tomorrow' is no time"),
    ("evil.example,domain,,extreme", "error", "'extreme' is no level"),
    ("CVE-2026-1,CVE,,", "info", "nothing in events is compared with a 'CVE'"),
])  # fmt: skip
def test_what_is_wrong_with_a_row_is_said_and_the_rest_goes_on(row, severity, said):
    first, last = told(f"value,type,expires,level\n{row}\nevil.example,domain,,\n")
    assert (first.path, first.line, first.severity) == ("feed.csv", 2, severity)
    assert said in first.message
    assert last.value == "evil.example"


def test_a_quotation_mark_that_is_not_closed_is_said_and_costs_no_more_than_its_field():
    found = told('value\n"evil.example\n' + "1.2.3.4\n" * 40_000)
    problems = [it for it in found if isinstance(it, Problem)]
    assert problems
    assert "quotation mark" in problems[0].advice
    assert len(found) - len(problems) > 20_000


def test_short_and_long_rows():
    assert short("value,type,note\nevil.example\n1.2.3.4,ip,x,y,z\n") == [
        ("", "evil.example"), ("address", "1.2.3.4"),
    ]  # fmt: skip
