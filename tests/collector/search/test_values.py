import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.search.parsing import parse
from tramgac_collector.search.tree import Between, Equal, Like, Network, Place, Some, Term
from tramgac_collector.search.values import address_number
from tramgac_rules.wildcard import STAR

TEN = 0xFFFF_0A00_0000


@pytest.mark.parametrize(
    ("text", "place", "check"),
    [
        ("process.entity_id:00000000000000ff", "process.entity_id", Equal(255)),
        ("destination.ip:2001:0db8::0001", "destination.ip", Equal("2001:db8::1")),
        ("destination.ip:10.*", "destination.ip", Like(("10.", STAR))),
        ("destination.ip:10.0.0.0/8", "destination.ip", Network(TEN, TEN + 0xFFFFFF)),
        ("destination.ip:[10.0.0.0 TO 10.0.0.9]", "destination.ip", Network(TEN, TEN + 9)),
        ("host.ip:10.1.2.3/8", "host.ip", Network(TEN, TEN + 0xFFFFFF)),
        ("tramgac.process.fileless:True", "tramgac.process.fileless", Equal(True)),
        ("@timestamp:1970-01-01T00:00:01Z", "@timestamp", Equal(1_000_000_000)),
        ("UtcTime:>=1970-01-02", "@timestamp", Between(86_400_000_000_000, None)),
        ("tramgac.skew:[-5 TO 5]", "tramgac.skew", Between(-5, 5)),
    ],
)
def test_a_value_is_read_as_its_field_has_it(text, place, check):
    assert parse(text).node == Term(Place(place), check)


def test_a_name_of_sigmas_is_read_for_each_of_its_places():
    data = "winlog.event_data"
    assert parse("Hashes:SHA256=AB*").node == Some(
        (
            Term(Place("process.hash.sha256"), Like(("AB", STAR))),
            Term(Place(data, "Hashes"), Like(("SHA256=AB", STAR))),
        )
    )
    assert parse("Hashes:SHA256=AB").node.parts[0].check == Equal("ab")
    assert parse("ProcessGuid:{0-1}").node == Term(Place(data, "ProcessGuid"), Equal("{0-1}"))
    assert [test.check for test in parse("DestinationIp:10.0.0.0/8").node.parts] == [Network(TEN, TEN + 0xFFFFFF)] * 2
    assert [test.check for test in parse("DestinationPort:>9").node.parts] == [Between(10, None)] * 2
    assert parse("LogonType:>9").node.check == Between(10, None)
    assert parse("ScriptBlockText:a/b").node.check == Equal("a/b")
    assert parse("winlog.event_data.LogonType:>9").node.check == Equal(">9")
    assert parse("winlog.event_data.LogonType:[9 TO 10]").node.check == Between(9, 10)


@pytest.mark.parametrize(
    "text",
    [
        "destination.port:http",
        "destination.port:>http",
        "destination.port:4294967296",
        "destination.port:-1",
        "user.id:-1",
        "user.id:4294967295",
        "destination.ip:example",
        "destination.ip:10.0.0.0/33",
        "tramgac.process.fileless:maybe",
        "process.entity_id:>=00000000000000ff",
        "process.pid:1*",
        "LogonType:[a TO b]",
        "DestinationPort:http",
    ],
)
def test_what_is_no_value_is_said(text):
    with pytest.raises(QueryError, match="is no value of") as error:
        parse(text)
    assert error.value.params["refusal"] == "search_value"


def test_an_address_is_a_number():
    assert address_number("10.0.0.1") == address_number("::ffff:10.0.0.1") == TEN + 1
    assert address_number("fe80::1%2") is None
    assert address_number("") is None
