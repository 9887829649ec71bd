"""pySigma's own condition tree, walked: Python's `re`, one value at a time."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from math import isfinite

import yaml
from sigma.conditions import (
    ConditionAND,
    ConditionFieldEqualsValueExpression,
    ConditionNOT,
    ConditionOR,
    ConditionValueExpression,
)
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import ValueListPlaceholderTransformation
from sigma.rule import SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
    SpecialChars,
)

Fields = Mapping[str, str | tuple[str, ...]]


def reference(text: str, placeholders: Mapping[str, list[str]] | None = None) -> Callable[[Fields], bool]:
    """The test of a record's fields that a rule's YAML text stands for. Raises SigmaError."""
    rule = SigmaRule.from_dict(yaml.safe_load(text))
    if placeholders is not None:
        lists = ProcessingItem(ValueListPlaceholderTransformation())
        ProcessingPipeline([lists], vars=dict(placeholders)).apply(rule)
    conditions = [condition.parsed for condition in rule.detection.parsed_condition]
    return lambda fields: any(holds(condition, fields) for condition in conditions)


def texts(fields: Fields, name: str) -> tuple[str, ...]:
    value = fields.get(name)
    return () if value is None else (value,) if isinstance(value, str) else value


def holds(node: object, fields: Fields) -> bool:
    match node:
        case ConditionAND():
            return all(holds(part, fields) for part in node.args)
        case ConditionOR():
            return any(holds(part, fields) for part in node.args)
        case ConditionNOT():
            return not holds(node.args[0], fields)
        case ConditionFieldEqualsValueExpression():
            return field_holds(node.field.replace(" ", ""), node.value, fields)
        case ConditionValueExpression():
            return any(keyword_holds(node.value, text) for name in fields for text in texts(fields, name))
    raise TypeError(type(node))


def field_holds(name: str, value: object, fields: Fields) -> bool:  # noqa: PLR0911 - one return a type
    match value:
        case SigmaNull():
            return name not in fields
        case SigmaExists():
            return (name in fields) == value.exists
        case SigmaExpansion():
            return any(field_holds(name, part, fields) for part in value.values)
        case SigmaFieldReference():
            others = texts(fields, value.field.replace(" ", ""))
            pairs = ((a.lower(), b.lower()) for a in texts(fields, name) for b in others)
            if value.starts_with and value.ends_with:
                return any(b in a for a, b in pairs)
            if value.starts_with:
                return any(a.startswith(b) for a, b in pairs)
            if value.ends_with:
                return any(a.endswith(b) for a, b in pairs)
            return any(a == b for a, b in pairs)
    return any(text_holds(value, text) for text in texts(fields, name))


def keyword_holds(value: object, text: str) -> bool:
    if isinstance(value, SigmaRegularExpression):
        return text_holds(value, text)
    if isinstance(value, SigmaNumber):
        return str(value) in text
    around = SigmaString("")
    around.s = [SpecialChars.WILDCARD_MULTI, *value.s, SpecialChars.WILDCARD_MULTI]
    if isinstance(value, SigmaCasedString):
        around = SigmaCasedString.from_sigma_string(around)
    return text_holds(around, text)


def text_holds(value: object, text: str) -> bool:
    match value:
        case SigmaString():
            cased = isinstance(value, SigmaCasedString)
            return whole(tuple(value.s), cased).fullmatch(text if cased else text.lower()) is not None
        case SigmaTimestampPart():
            return has_part(value, text)
        case SigmaNumber() | SigmaBool():
            return text.lower() == str(value).lower()
        case SigmaRegularExpression():
            return searched(value).search(text) is not None
        case SigmaCIDRExpression():
            return in_network(value.cidr, text)
        case SigmaCompareExpression():
            return compares(value, text)
    raise TypeError(type(value))


@lru_cache(None)
def whole(parts: tuple[str | SpecialChars, ...], cased: bool) -> re.Pattern[str]:
    """Wildcards as an expression; atomic groups, as between two stars the first place is as good as any."""
    runs = [""]
    for part in parts:
        if part is SpecialChars.WILDCARD_MULTI:
            runs.append("")
        else:
            runs[-1] += "." if part is SpecialChars.WILDCARD_SINGLE else re.escape(part if cased else part.lower())
    first, *rest = runs
    middle = "".join(f"(?>.*?{run})" for run in rest[:-1] if run)
    return re.compile(first + middle + (f".*{rest[-1]}" if rest else ""), re.DOTALL)


def searched(value: SigmaRegularExpression) -> re.Pattern[str]:
    flags = "".join(value.sigma_to_re_flag[flag] for flag in value.flags)
    return expression(str(value.regexp), flags)


@lru_cache(None)
def expression(pattern: str, flags: str) -> re.Pattern[str]:
    """As PCRE and RE2 have it: \\w, \\d, \\s are ASCII; as RE2 has it: `$` is not the place before a last newline."""
    if "m" not in flags and "(?m" not in pattern:
        pattern = re.sub(r"(?<!\\)\$", r"\\Z", pattern)
    return re.compile((f"(?{flags})" if flags else "") + pattern, re.ASCII if pattern.isascii() else 0)


def in_network(cidr: str, text: str) -> bool:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address) in ipaddress.ip_network(cidr)


def compares(value: SigmaCompareExpression, text: str) -> bool:
    try:
        number, limit = _number(value.number, text), float(value.number.number)
    except ValueError:
        return False
    return isfinite(number) and {
        "LT": number < limit, "LTE": number <= limit, "GT": number > limit, "GTE": number >= limit,
        "NEQ": number != limit,
    }[value.op.name]  # fmt: skip


def has_part(value: SigmaTimestampPart, text: str) -> bool:
    try:
        return _number(value, text) == value.number
    except ValueError:
        return False


def _number(value: SigmaNumber, text: str) -> float:
    """The number that a text is compared as: itself, or the part of the time that it is."""
    if not isinstance(value, SigmaTimestampPart):
        return float(text)
    time = datetime.fromisoformat(text.strip().removesuffix(" UTC"))
    name = value.timestamp_part.name.lower()
    return float(time.isocalendar().week if name == "week" else getattr(time, name))
