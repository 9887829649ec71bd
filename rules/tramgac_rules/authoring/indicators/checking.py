"""An indicator as a list has it to the one form that is compared; with what is wrong or doubtful about it."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from tramgac_rules.authoring.indicators import common
from tramgac_rules.authoring.indicators.listed import Unusable
from tramgac_rules.indicators import values
from tramgac_rules.indicators.about import HASHES

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]+", re.ASCII)
_ROOT = re.compile(r"/|[a-z]:/")
_FILE = re.compile(rf"[^/\\:*?\"<>|\s]+\.(?:{'|'.join(sorted(common.EXTENSIONS))})", re.IGNORECASE)
_NARROWEST = {4: 8, 6: 16}  # the shortest prefix that is taken
_DEFANGED = (("[.]", "."), ("(.)", "."), ("{.}", "."), ("[dot]", "."), ("[:]", ":"), ("[://]", "://"), ("[@]", "@"))
_BY_LENGTH = {2 * length: kind for kind, length in HASHES.items() if kind != "imphash"}

Checked = tuple[str, bytes, str]
"""Table, value, and what is doubtful about it ("" for nothing)."""


def check(kind: str, text: str) -> Checked:
    """Return an indicator as the matcher has it. Raises Unusable.

    `kind`: one of the matcher's, "hash", or "" to be told by the text's look. Written harmlessly (hxxp://, [.]) it is
    read as it was meant.
    """
    value = refanged(text.strip())
    if not value:
        raise Unusable("value", "there is no value", "Write one, or take the line out.")
    return _CHECKS[kind or look(value)](value)


def refanged(text: str) -> str:
    """Return a text without the marks that keep people from following it."""
    if "[" in text or "(" in text or "{" in text:
        for marked, plain in _DEFANGED:
            text = text.replace(marked, plain)
    return "http" + text[4:] if text[:4].lower() == "hxxp" else text


def look(value: str) -> str:
    """Return the kind that a value looks like. Raises Unusable."""
    if len(value) in _BY_LENGTH and _HEX.fullmatch(value):
        return "hash"
    if "://" in value:
        return "url"
    if values.network(value) is not None:
        return "network" if "/" in value else "address"
    if "/" in value or "\\" in value:
        return "path"
    if _FILE.fullmatch(value):
        return "name"
    if _labels(values.domain(value.removeprefix("*."))):
        return "domain"
    raise Unusable("kind", f"what {_short(value)} is cannot be told", "Name its kind in a column `type`.")


def _hash(value: str) -> Checked:
    kind = _BY_LENGTH.get(len(value))
    if kind is None:
        raise Unusable("value", f"{_short(value)} is no digest", "MD5 has 32, SHA-1 40, SHA-256 64 hexadecimal digits.")
    return _digest(kind)(value)


def _digest(kind: str) -> Callable[[str], Checked]:
    def checked(value: str) -> Checked:
        digest = values.digest(value, HASHES[kind])
        if digest is None:
            length = 2 * HASHES[kind]
            raise Unusable("value", f"{_short(value)} is no {kind.upper()}", f"{length} hexadecimal digits are one.")
        doubt = "it is the digest of an empty file" if digest.hex() in common.EMPTY else ""
        return kind, digest, doubt

    return checked


def _address(value: str) -> Checked:
    if "/" in value:
        return _network(value)
    bare = value.removeprefix("[").partition("]")[0] if value.startswith("[") else value
    if bare.count(":") == 1:  # an address and a port
        bare = bare.partition(":")[0]
    try:
        plain = ip_address(bare)
    except ValueError:
        advice = "Write four decimal numbers without leading zeros, or an IPv6 address."
        raise Unusable("value", f"{_short(value)} is no address", advice) from None
    packed = values.address(str(plain)) or plain.packed
    return f"address{_family(packed)}", packed, _place(ip_address(packed))


def _network(value: str) -> Checked:
    found = values.network(value)
    if found is None:
        advice = "Write it as 192.0.2.0/24 or 2001:db8::/32."
        raise Unusable("value", f"{_short(value)} is no network", advice)
    packed, prefix = found
    family = _family(packed)
    if prefix == 8 * len(packed):
        return f"address{family}", packed, _place(ip_address(packed))
    if prefix < _NARROWEST[family]:
        advice = f"Write narrower ones, of /{_NARROWEST[family]} or more."
        raise Unusable("value", f"{_short(value)} holds much of the Internet", advice)
    doubt = _place(ip_address(packed))
    first = ip_address(value.partition("/")[0].strip())
    if not doubt and first.version == family and first.packed != packed:
        doubt = f"it is read as {ip_address(packed)}/{prefix}"
    return f"network{family}", packed + bytes([prefix]), doubt


def _family(packed: bytes) -> int:
    return 4 if len(packed) == 4 else 6  # noqa: PLR2004 - bytes of IPv4


def _place(address: IPv4Address | IPv6Address) -> str:
    """Return what is doubtful about an address because of where it lies."""
    for what, is_one in (
        ("a loopback", address.is_loopback),
        ("an unspecified", address.is_unspecified),
        ("a link-local", address.is_link_local),
        ("a multicast", address.is_multicast),
        ("a private", address.is_private),
    ):
        if is_one:
            return f"it is {what} address: other machines of the site have it too"
    return "it is a public resolver's" if str(address) in common.RESOLVERS else ""


def _labels(name: str) -> list[str]:
    """Return the labels of a domain, none if it can be none."""
    labels = name.split(".")
    good = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return labels if good else []


def _name_of_host(value: str) -> list[str]:
    if "://" in value or "/" in value:
        raise Unusable("value", f"{_short(value)} is no domain", "If it is a URL, give it the type `url`.")
    if values.address(value) is not None:
        raise Unusable("value", f"{_short(value)} is an address", "Give it the type `ip`.")
    bare = value.partition(":")[0].removeprefix("*.").removeprefix(".")
    name = values.domain(bare)
    if name and "." not in name:
        raise Unusable("value", f"{_short(value)} is one label", "As a domain it would stand for all names below it.")
    labels = _labels(name)
    if not labels:
        raise Unusable("value", f"{_short(value)} is no domain", "Write it as evil.example.")
    return labels


def _domain(value: str) -> Checked:
    labels = _name_of_host(value)
    name = ".".join(labels)
    if len(labels) == 2 and labels[0] in common.REGISTRY and len(labels[1]) == 2:  # noqa: PLR2004 - com.vn, co.uk
        raise Unusable("value", f"{_short(value)} is a registry's", "It would stand for all names registered below it.")
    doubt = "many who do not know each other have names below it: a hostname?" if name in common.SHARED else ""
    return "domain", name.encode(), doubt or ("much visited" if name in common.VISITED else "")


def _hostname(value: str) -> Checked:
    name = ".".join(_name_of_host(value))
    return "hostname", name.encode(), "much visited" if name in common.VISITED else ""


def _url(value: str) -> Checked:
    whole, host = values.url(value)
    if not whole:
        advice = f"Write scheme://host/path, of at most {values.MAX_URL} characters."
        raise Unusable("value", f"{_short(value)} is no URL", advice)
    packed = values.address(host)
    return "url", whole.encode("utf-8", "replace"), "" if packed is None else _place(ip_address(packed))


def _path(value: str) -> Checked:
    found = values.path(value)
    if "%" in found or "*" in found or "$" in found:
        advice = "Write a rule for what varies, or the file's name alone with the type `filename`."
        raise Unusable("value", f"{_short(value)} has a variable or a wildcard", advice)
    if not _ROOT.match(found) or len(found) > values.MAX_PATH:
        advice = f"Write it from the root on, at most {values.MAX_PATH} characters."
        raise Unusable("value", f"{_short(value)} is no whole path", advice)
    return "path", found.encode("utf-8", "replace"), "many machines have it" if found in common.PATHS else ""


def _name(value: str) -> Checked:
    found = values.path(value)
    if "/" in found:
        return _path(value)
    if "*" in found or "?" in found or len(found) > values.MAX_NAME:
        raise Unusable("value", f"{_short(value)} is no file's name", "Write a rule for what varies.")
    doubt = "a common file has this name" if found in common.NAMES else ""
    return "name", found.encode("utf-8", "replace"), doubt


def _short(value: str) -> str:
    return repr(value if len(value) <= 80 else value[:77] + "...")  # noqa: PLR2004 - a line of a terminal


_CHECKS: Mapping[str, Callable[[str], Checked]] = {
    **{kind: _digest(kind) for kind in HASHES},
    "hash": _hash,
    "address": _address,
    "network": _network,
    "domain": _domain,
    "hostname": _hostname,
    "url": _url,
    "path": _path,
    "name": _name,
}
