import pytest
from tramgac_rules.authoring.documents import read_documents
from tramgac_rules.authoring.faults import Fault, read_entry
from tramgac_rules.authoring.refusals import of_regex, of_value, of_yaml, of_yara


@pytest.mark.parametrize(
    ("expression", "fault", "advice"),
    [
        ("(bad", "a group is never closed: `(bad`", r"\("),
        ("bad)", "a ) closes nothing: `bad)`", r"\)"),
        ("[bad", "a set of characters is never closed", r"\["),
        ("a{1,5000}", "`{1,5000}` repeats too often", "1000"),
        ("*a", "there is nothing before `*` to repeat", "before"),
        ("a++", "`++` repeats a repetition", "possessive"),
        ("(?!x)a", "look-around is out: `(?!`", "`not`"),
        ("(?<=x)a", "look-around is out: `(?<=`", "`re|all`"),
        ("(?>a)", "no group begins with `(?>`", "(?:...)"),
        (r"(a)\1", r"back-references are out: `\1`", "once more"),
        (r"a\Z", r"there is no escape `\Z`", r"\z"),
        ("[z-a]", "`z-a` is no range or class of characters", "a-z"),
        ("a\\", "the expression ends in a lone backslash", r"\\"),
    ],
)
def test_an_expression_is_told_by_its_cause(expression, fault, advice):
    found = read_entry("A|re", expression, {})
    assert isinstance(found, Fault)
    assert (found.kind, found.message[: len(fault)]) == ("regex", fault)
    assert advice in found.advice
    assert found.message.vi != found.message


@pytest.mark.parametrize(
    ("key", "value", "kind", "fault"),
    [
        ("A|base64", "a*b", "value", "base64 takes no wildcards"),
        ("A|contains|re", "x", "modifier", "re comes after another modifier"),
        ("A|contains|cidr", "10.0.0.0/8", "modifier", "cidr comes after another modifier"),
        ("A|cidr", "10.0.0.0/33", "value", "'10.0.0.0/33' is no network"),
        ("A|gt", float("inf"), "value", "the number has no end, or is none"),
        ("A|wide", "ấ", "value", "wide takes ASCII letters alone, not 'ấ'"),
        ("A|base64", "\ud800", "value", "the text holds half a character"),
        ("A|fieldref", "b*", "value", "fieldref takes no wildcards"),
        ("|exists", True, "modifier", "exists is for a field"),
    ],
)
def test_a_value_is_told_by_its_cause(key, value, kind, fault):
    found = read_entry(key, value, {})
    assert isinstance(found, Fault)
    assert (found.kind, found.message[: len(fault)]) == (kind, fault)
    assert found.advice
    assert found.message.vi != found.message


@pytest.mark.parametrize(("text", "fault", "advice"), [
    ("a:\n\tb: c\n", "a tab, or a character", "Indent with spaces"),
    ("a: @b\n", "a tab, or a character", "in quotes"),
    ("a: b: c\n", "a key or a list begins where none can", "in quotes"),
    ("a: *\\cmd.exe\n", "a value that begins with *", "in quotes"),
    ("a:\n  b: 1\n c: 2\n", "this goes on with nothing", "Indent"),
    ("a: 'it's'\n", "this goes on with nothing", "twice"),
    ('a: "b\nc: d\n', "a text in quotes is never closed", "quote"),
    ("a: [b, c\nd: e\n", "a list or a mapping in brackets is never closed", "missing ]"),
    ("a: x\nb\nc: x\n", "a key has no colon", "`KEY: VALUE`"),
    ('a: "\\q"\n', "there is no such escape", "single quotes"),
    ("a: !foo x\n", "the type !foo is not taken", "!"),
    ("a: x\0\n", "it holds a control character", "Leave it out"),
])  # fmt: skip
def test_a_file_that_is_no_yaml_is_told_by_its_cause(text, fault, advice):
    documents, (problem,) = read_documents("x.yml", text)
    assert not documents
    assert problem.message.startswith(f"not YAML: {fault}")
    assert advice in problem.advice
    assert problem.advice.endswith("was not read.")
    assert problem.told.vi.isascii() is False


@pytest.mark.parametrize(("said", "fault", "name"), [
    ('undefined string "$a"', "there is no string $a", "$a"),
    ('unreferenced string "$a"', "no condition uses the string $a", "$a"),
    ('duplicated string identifier "$a"', "the name $a is given twice", "$a"),
    ('duplicated identifier "a"', "the name a is given twice", "a"),
    ('invalid hex string "$a": uneven number', "$a is no string of bytes in hexadecimal", "$a"),
    ("syntax error, unexpected '{', expecting text string", "'{' stands where it cannot", ""),
    ("syntax error, unexpected end of file, expecting '}'", "the rule, or a text in it, is never closed", ""),
    ("never seen", "YARA says 'never seen'", ""),
])  # fmt: skip
def test_a_file_that_is_no_yara_is_told_by_its_cause(said, fault, name):
    told, advice, found = of_yara(said)
    assert (told, found) == (fault, name)
    assert told.vi != told
    assert advice


def test_a_text_that_is_not_known_is_quoted_as_the_library_s():
    assert of_regex("never seen")[0].vi == "RE2 không nhận biểu thức này; nó báo 'never seen'"
    assert of_yaml("never seen")[0] == "its reader says 'never seen'"
    kind, fault, advice = of_value("never seen")
    assert (kind, fault, bool(advice)) == ("value", "pySigma does not take the value; it says 'never seen'", True)
