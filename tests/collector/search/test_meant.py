import pytest
from tramgac_collector.errors import QueryError
from tramgac_collector.search.meant import by_id
from tramgac_collector.search.parsing import MAX_TERMS, parse
from tramgac_collector.search.sql import Conditions
from tramgac_collector.search.tree import Equal

PC, TWIN = "1" * 32, "2" * 32


def asked(text: str, *ids: str) -> Conditions:
    conditions = Conditions()
    conditions.ask(by_id(parse(text).node, lambda _: ids))
    return conditions


@pytest.mark.parametrize("name", ["host", "host.name", "host.id"])
def test_a_name_is_the_ids_of_all_who_have_it(name):
    found = asked(f"not (kind:health or {name}:pc-1)", PC, TWIN)
    assert {PC, TWIN} <= set(found.parameters.values())
    assert "pc-1" not in found.parameters.values()


def test_an_id_is_itself_and_nobody_is_asked():
    node = parse(f'host:{PC} or host:""').node
    assert by_id(node, lambda _: pytest.fail("asked")) == node


def test_a_pattern_is_of_ids_and_names():
    assert "OR" in asked("host:pc-*", PC).where
    assert "OR" not in asked("host:1111*").where


def test_what_nobody_is_called_is_told():
    with pytest.raises(QueryError) as told:
        asked("host:pc-2")
    assert told.value.params == {"refusal": "search_host_unknown", "value": "pc-2"}
    with pytest.raises(QueryError) as told:
        asked("host:pc-*", *(f"{number:032x}" for number in range(MAX_TERMS + 1)))
    assert told.value.params["refusal"] == "search_hosts"
    assert by_id(parse("host:*").node, lambda _: pytest.fail("asked")) == parse("host:*").node


def test_a_kind_that_there_is_none_of_is_told_with_the_likeliest():
    with pytest.raises(QueryError) as told:
        asked("not kind:process_started")
    assert (told.value.params["refusal"], told.value.params["near"]) == ("search_word_near", "process_start")
    assert asked("kind:process_start kind:net*").where


def test_names_are_asked_for_as_they_were_written():
    seen = []
    by_id(parse("host:pc-1").node, lambda check: seen.append(check) or [PC])
    assert seen == [Equal("pc-1")]
