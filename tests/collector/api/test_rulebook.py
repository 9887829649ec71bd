import json

from backports import zstd
from tramgac_collector import bundle, content, database
from tramgac_collector.api import rulebook, sources
from tramgac_collector.refusals import ContentRefused
from tramgac_collector.schema import ContentRow
from tramgac_rules.authoring import compile_rules

from tests.tools.console import Console


def bundle_of(paths, version, yara=()) -> bundle.Bundle:
    """A bundle as it is when it was verified."""
    done = compile_rules(paths)
    about = zstd.compress(json.dumps(done.about).encode())
    return bundle.Bundle(version, "", done.pack, yara, {}, "", about=about)


def offered(console: Console, tmp_path, monkeypatch, version: int) -> list[int]:
    """Put a bundle on offer without the road; gives how often it was verified."""
    rule = tmp_path / "a.yml"
    rule.write_text(
        "title: Shell\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\n"
        "logsource: {category: process_creation, product: linux}\n"
        "detection: {s: {Image|endswith: /sh}, condition: s}\n"
    )
    parsed = bundle_of([rule], version, (bundle.YaraFile("x.yar", "rule x { }", True),))
    reads = []
    monkeypatch.setattr(content, "verified", lambda *_: reads.append(version) or parsed)
    with database.session(console.engine) as s:
        s.add(ContentRow(version=version, published=1, by="an", digest="0" * 64, marked="", rules=1, yara=1))
    return reads


def test_no_content_is_no_rules(console: Console):
    assert rulebook.Rulebook(console.services.paths, console.engine).rules() == {}


def test_each_version_is_read_once(console: Console, tmp_path, monkeypatch):
    book = rulebook.Rulebook(console.services.paths, console.engine)
    first = offered(console, tmp_path, monkeypatch, 1)
    assert set(book.rules()) == {"11111111-1111-4111-8111-111111111111", "yara:x"}
    book.rules()
    assert first == [1]
    second = offered(console, tmp_path, monkeypatch, 2)
    rules = book.rules()
    assert second == [2]
    told = rules["yara:x"]
    assert (told["title"], told["level"], told["path"], told["engine"]) == ("x", "high", "x.yar", "yara")
    assert (told["source_text"], told["at_host"], len(told["digest"])) == ("rule x { }", False, 16)
    assert rules["11111111-1111-4111-8111-111111111111"]["engine"] == "sigma"
    json.dumps(list(rules.values()))


def test_the_text_of_a_rule_while_it_is_the_one_that_was_met(console: Console, tmp_path, monkeypatch):
    book = rulebook.Rulebook(console.services.paths, console.engine)
    offered(console, tmp_path, monkeypatch, 1)
    monkeypatch.setattr(sources, "texts", lambda *_: {"a.yml": "the text"})
    [number] = [number for number in book.rules() if number != "yara:x"]
    digest = book.rules()[number]["digest"]
    assert book.source(number, digest) == "the text"
    assert book.source(number, "another") is None
    assert book.source("absent", digest) is None


def test_correlations_are_rules_too(console: Console, tmp_path, monkeypatch):
    offered(console, tmp_path, monkeypatch, 1)
    (tmp_path / "b.yml").write_text(
        "title: Many shells\nid: 22222222-2222-4222-8222-222222222222\nlevel: high\ncorrelation:\n"
        "  {type: event_count, rules: [11111111-1111-4111-8111-111111111111], group-by: [User], timespan: 1m,"
        " condition: {gte: 3}}\n"
    )
    both = bundle_of([tmp_path / "a.yml", tmp_path / "b.yml"], 1)
    monkeypatch.setattr(content, "verified", lambda *_: both)
    monkeypatch.setattr(sources, "texts", lambda *_: {"b.yml": "the correlation"})
    book = rulebook.Rulebook(console.services.paths, console.engine)
    found = book.rules()["22222222-2222-4222-8222-222222222222"]
    assert (found["title"], found["source_text"]) == ("Many shells", "the correlation")
    assert found["members"] == ["11111111-1111-4111-8111-111111111111"]
    assert book.source(found["id"], found["digest"]) == "the correlation"
    json.dumps(found)


def test_content_that_does_not_verify_any_more_has_no_texts(console: Console, tmp_path, monkeypatch):
    def refuse(*_):
        raise ContentRefused("tampered")

    offered(console, tmp_path, monkeypatch, 1)
    monkeypatch.setattr(content, "verified", refuse)
    assert rulebook.Rulebook(console.services.paths, console.engine).source("x", "y") is None
