import pytest
from tramgac_rules.authoring.indicators.listed import DEFAULT_LEVELS, KINDS, Unusable, level_of, word
from tramgac_rules.indicators.about import KINDS as ALL
from tramgac_rules.indicators.about import LEVELS


@pytest.mark.parametrize(("text", "kind"), [
    ("FileHash-SHA256", "sha256"), ("SHA-1", "sha1"), ("md5_hash", "md5"), ("IPv4", "address"), ("ip:port", "address"),
    ("ip-dst", "address"), ("CIDR", "network"), ("Domain Name", "domain"), ("hostname", "hostname"), ("URL", "url"),
    ("File Path", "path"), ("filename", "name"),
])  # fmt: skip
def test_words_of_lists(text, kind):
    assert KINDS[word(text)] == kind


def test_every_kind_has_a_word_and_a_level():
    assert set(ALL) == set(KINDS.values()) - {"hash"} == set(DEFAULT_LEVELS)
    assert set(DEFAULT_LEVELS.values()) <= set(LEVELS)


def test_levels():
    assert [level_of(text) for text in ("", "HIGH", " info ", "Moderate", "very high")] == [
        "", "high", "informational", "medium", "critical",
    ]  # fmt: skip
    with pytest.raises(Unusable, match="'odd' is no level"):
        level_of("odd")
