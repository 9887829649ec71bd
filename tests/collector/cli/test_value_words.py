import pytest
from tramgac_collector.cli.refusals import sentence
from tramgac_collector.cli.value_words import values_of
from tramgac_collector.errors import QueryError
from tramgac_collector.search.parsing import parse


@pytest.mark.parametrize(
    ("query", "english", "vietnamese"),
    [
        ("process.pid:abc", "whole numbers", "số nguyên"),
        ("tramgac.process.fileless:maybe", "true or false", "true hoặc false"),
        ("@timestamp:yesterday", "times", "thời điểm"),
        ("destination.ip:[a TO b]", "addresses and networks", "địa chỉ và mạng"),
        ("process.entity_id:x", "16 digits", "16 ký tự"),
        ("user.id:abc", "whole numbers", "số nguyên"),
    ],
)
def test_what_a_field_takes_is_told_in_words(monkeypatch, query, english, vietnamese):
    with pytest.raises(QueryError) as met:
        parse(query)
    for language, told in (("C.UTF-8", english), ("vi_VN.UTF-8", vietnamese)):
        monkeypatch.setenv("LC_ALL", language)
        assert told in sentence(met.value.params["refusal"], met.value.params)


def test_a_type_without_a_word_is_its_own():
    assert values_of("x", "Tuple") == "Tuple"
