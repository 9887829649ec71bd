"""What a library says of what an author wrote, told in our words; what is not known here is quoted as the library's."""

import re
from collections.abc import Sequence

from tramgac_rules.authoring.file_refusal_words import FileRefusal
from tramgac_rules.authoring.refusal_words import Refusal
from tramgac_rules.authoring.texts import Text, Words, joined

Case = tuple[str, Words, Words]
"""How a library's text looks, what is wrong, how to mend it; groups of the expression are the facts of both."""

_REGEX: Sequence[Case] = (
    (r"missing \): (?P<what>.*)", Refusal.OPEN, Refusal.CLOSE),
    (r"unexpected \): (?P<what>.*)", Refusal.CLOSES_NOTHING, Refusal.OPEN_IT),
    (r"missing \]: (?P<what>.*)", Refusal.OPEN_SET, Refusal.CLOSE_SET),
    (r"invalid repetition size: (?P<what>.*)", Refusal.REPEATS, Refusal.LOWER_REPEATS),
    (r"no argument for repetition operator: (?P<what>.*)", Refusal.NOTHING_REPEATED, Refusal.WRITE_REPEATED),
    (r"bad repetition operator: (?P<what>.*)", Refusal.REPEATED_TWICE, Refusal.ONE_REPEAT),
    (r"invalid perl operator: (?P<what>\(\?<?!)", Refusal.LOOK_AROUND, Refusal.USE_NOT),
    (r"invalid perl operator: (?P<what>\(\?<?=)", Refusal.LOOK_AROUND, Refusal.USE_ALL),
    (r"invalid (?:perl operator|named capture group): (?P<what>.*)", Refusal.ODD_GROUP, Refusal.GROUPS),
    (r"invalid escape sequence: (?P<what>\\[1-9k])", Refusal.BACK_REFERENCE, Refusal.WRITE_AGAIN),
    (r"invalid escape sequence: (?P<what>.*)", Refusal.ODD_ESCAPE, Refusal.WRITE_ESCAPE),
    (r"invalid character class(?: range)?: (?P<what>.*)", Refusal.ODD_RANGE, Refusal.WRITE_RANGE),
    (r"trailing \\.*", Refusal.ENDS_IN_BACKSLASH, Refusal.TWO_BACKSLASHES),
    (r"pattern too large.*", Refusal.TOO_LARGE, Refusal.SPLIT),
)
_MODIFIERS: Sequence[Case] = (
    (r"(?P<modifier>Regular expression|CIDR expression) modifier only .*", Refusal.NOT_FIRST, Refusal.PUT_FIRST),
    (r"Exists modifier must be applied to field.*", Refusal.EXISTS_NO_FIELD, Refusal.NAME_FIELD),
)
_VALUES: Sequence[Case] = (
    (r"Base64 encoding of strings with wildcards.*", Refusal.BASE64_WILDCARD, Refusal.NO_WILDCARD),
    (r"(?P<what>.*) does not appear to be an IPv4 or IPv6 network", Refusal.NETWORK, Refusal.WRITE_NETWORK),
    (r"Invalid number.*", Refusal.NUMBER, Refusal.FINITE),
    (r"Wide modifier only .* input string (?P<what>.*) isn't one.*", Refusal.WIDE, Refusal.WRITE_ASCII),
    (r".*codec can't encode characters? (?P<what>.*) in position.*", Refusal.SURROGATE, Refusal.WHOLE_CHARACTER),
    (r"Field references must not contain wildcards.*", Refusal.REFERENCE_WILDCARD, Refusal.ONE_FIELD),
)
_YAML: Sequence[Case] = (
    (r"found character that cannot start any token.*", FileRefusal.START, FileRefusal.SPACE_OR_QUOTE),
    (r"(?:mapping values|block sequence entries) are not allowed.*", FileRefusal.COLON, FileRefusal.QUOTE_COLON),
    (r"did not find expected (?:key|'-' indicator).*", FileRefusal.ENDED, FileRefusal.ALIGN),
    (r"did not find expected node content.*", FileRefusal.NO_VALUE, FileRefusal.WRITE_VALUE),
    (r"could not find expected ':'.*", FileRefusal.NO_COLON, FileRefusal.WRITE_COLON),
    (r"did not find expected ',' or '(?P<what>.)'.*", FileRefusal.OPEN, FileRefusal.CLOSE),
    (r"found unexpected end of stream.*", FileRefusal.TEXT_OPEN, FileRefusal.CLOSE_TEXT),
    (r"found undefined alias.*|did not find expected alphabetic.*", FileRefusal.ALIAS, FileRefusal.QUOTE),
    (r"found unknown escape character.*", FileRefusal.ESCAPE, FileRefusal.WRITE_ESCAPE),
    (r"(?:control|special) characters are not allowed.*", FileRefusal.CONTROL, FileRefusal.LEAVE_OUT),
    (r"could not determine a constructor for the tag (?P<what>.*)", FileRefusal.TAG, FileRefusal.NO_TAG),
    (r"exceeded maximum nesting depth.*", FileRefusal.DEEP, FileRefusal.FLATTEN),
)
_YARA: Sequence[Case] = (
    (r'undefined string "(?P<what>.*)"', FileRefusal.NO_STRING, FileRefusal.ADD_STRING),
    (r'undefined identifier "(?P<what>.*)"', FileRefusal.NO_NAME, FileRefusal.IMPORT),
    (r'unreferenced string "(?P<what>.*)"', FileRefusal.STRING_UNUSED, FileRefusal.USE_STRING),
    (r'duplicated (?:\w+ )?identifier "(?P<what>.*)"', FileRefusal.TWICE, FileRefusal.RENAME),
    (r'unknown module "(?P<what>.*)"', FileRefusal.NO_MODULE, FileRefusal.OTHER_MODULE),
    (r'invalid field name "(?P<what>.*)"', FileRefusal.NO_FIELD, FileRefusal.SEE_MODULE),
    (r'wrong (?:arguments|usage|number).* "(?P<what>.*)"', FileRefusal.ARGUMENTS, FileRefusal.SEE_MODULE),
    (r'empty string "(?P<what>.*)"', FileRefusal.EMPTY, FileRefusal.FILL),
    (r'invalid hex string "(?P<what>.*?)".*', FileRefusal.HEX, FileRefusal.WRITE_HEX),
    (r'invalid regular expression "(?P<what>.*?)".*', FileRefusal.EXPRESSION, FileRefusal.WRITE_EXPRESSION),
    (r"type mismatch|wrong type.*", FileRefusal.TYPES, FileRefusal.SAME_TYPES),
    (r"includes are disabled", FileRefusal.INCLUDE, FileRefusal.PUT_IN),
    (r"memory exhausted", FileRefusal.DEEP, FileRefusal.FLATTEN),
    (r"syntax error, unexpected end of file.*", FileRefusal.FILE_ENDS, FileRefusal.CLOSE_ALL),
    (
        r"syntax error, unexpected (?P<given>.*), expecting (?P<wanted>.*)",
        FileRefusal.UNEXPECTED,
        FileRefusal.WRITE_EXPECTED,
    ),
)
_WORDS = {"Regular expression": "re", "CIDR expression": "cidr"}
_QUOTED = re.compile(r'"([^"]+)"')
_MOST = 200
"""Characters of a library's text, or of what it quotes, that are told."""


def of_regex(why: str) -> tuple[Text, Text]:
    """Return what is wrong with a regular expression, by what RE2 says of it, and how to mend it."""
    return found(_REGEX, why) or (Refusal.REGEX.of(why=why[:_MOST]), Refusal.SEE_RE2.of())


def of_value(why: str) -> tuple[str, Text, Text]:
    """Return kind ("modifier", "value"), fault and advice, by what pySigma or Python says of an entry's value."""
    if told := found(_MODIFIERS, why):
        return "modifier", *told
    return "value", *(found(_VALUES, why) or (Refusal.VALUE.of(why=why[:_MOST]), Refusal.SEE_SPECIFICATION.of()))


def of_yaml(why: str) -> tuple[Text, Text]:
    """Return what is wrong with a YAML file, by what libyaml says of it, and how to mend it."""
    told = found(_YAML, why) or (FileRefusal.YAML.of(why=why[:_MOST]), FileRefusal.MEND_PLACE.of())
    return told[0], joined(" ", (told[1], FileRefusal.REST_UNREAD.of()))


def of_yara(why: str) -> tuple[Text, Text, str]:
    """Return what is wrong with a YARA file, by what libyara says of it, how to mend it, and the name it speaks of."""
    fault, advice = found(_YARA, why) or (FileRefusal.YARA.of(why=why[:_MOST]), FileRefusal.SEE_YARA.of())
    name = _QUOTED.search(why)
    return fault, advice, name[1] if name else ""


def found(cases: Sequence[Case], why: str) -> tuple[Text, Text] | None:
    """Return what is wrong and how to mend it by the first case that a text is of, None if it is of none."""
    for looks, fault, advice in cases:
        if match := re.fullmatch(looks, why, re.DOTALL):
            facts = {name: text[:_MOST] for name, text in match.groupdict().items()}
            facts["what"] = facts.get("what", "").strip("'")
            facts["word"] = _WORDS.get(facts.get("modifier", ""), "")
            return fault.of(**facts), advice.of(**facts)
    return None
