"""An indicator as a list has it to the one form that is compared; with what is wrong or doubtful about it."""

import re
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

from tramgac_rules.authoring.indicators import common
from tramgac_rules.authoring.indicators.listed import Unusable
from tramgac_rules.authoring.indicators.words import Tell
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
        raise Unusable("value", Tell.NO_VALUE.of(), Tell.WRITE_VALUE.of())
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
    raise Unusable("kind", Tell.NO_KIND.of(value=_short(value)), Tell.NAME_KIND.of())


def _hash(value: str) -> Checked:
    kind = _BY_LENGTH.get(len(value))
    if kind is None:
        raise Unusable("value", Tell.NO_DIGEST.of(value=_short(value)), Tell.DIGESTS.of())
    return _digest(kind)(value)


def _digest(kind: str) -> Callable[[str], Checked]:
    def checked(value: str) -> Checked:
        digest = values.digest(value, HASHES[kind])
        if digest is None:
            said = Tell.NO_SUCH_DIGEST.of(value=_short(value), kind=kind.upper())
            raise Unusable("value", said, Tell.HEX_DIGITS.of(count=2 * HASHES[kind]))
        doubt = Tell.EMPTY_FILE.of() if digest.hex() in common.EMPTY else ""
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
        raise Unusable("value", Tell.NO_ADDRESS.of(value=_short(value)), Tell.WRITE_ADDRESS.of()) from None
    packed = values.address(str(plain)) or plain.packed
    return f"address{_family(packed)}", packed, _place(ip_address(packed))


def _network(value: str) -> Checked:
    found = values.network(value)
    if found is None:
        raise Unusable("value", Tell.NO_NETWORK.of(value=_short(value)), Tell.WRITE_NETWORK.of())
    packed, prefix = found
    family = _family(packed)
    if prefix == 8 * len(packed):
        return f"address{family}", packed, _place(ip_address(packed))
    if prefix < _NARROWEST[family]:
        raise Unusable("value", Tell.WIDE.of(value=_short(value)), Tell.WRITE_NARROWER.of(prefix=_NARROWEST[family]))
    doubt = _place(ip_address(packed))
    first = ip_address(value.partition("/")[0].strip())
    if not doubt and first.version == family and first.packed != packed:
        doubt = Tell.READ_AS.of(address=ip_address(packed), prefix=prefix)
    return f"network{family}", packed + bytes([prefix]), doubt


def _family(packed: bytes) -> int:
    return 4 if len(packed) == 4 else 6  # noqa: PLR2004 - bytes of IPv4


def _place(address: IPv4Address | IPv6Address) -> str:
    """Return what is doubtful about an address because of where it lies."""
    for word, is_one in (
        (Tell.LOOPBACK, address.is_loopback),
        (Tell.UNSPECIFIED, address.is_unspecified),
        (Tell.LINK_LOCAL, address.is_link_local),
        (Tell.MULTICAST, address.is_multicast),
        (Tell.PRIVATE, address.is_private),
    ):
        if is_one:
            return word.of(shared=Tell.OTHERS_HAVE_IT.of())
    return Tell.RESOLVER.of() if str(address) in common.RESOLVERS else ""


def _labels(name: str) -> list[str]:
    """Return the labels of a domain, none if it can be none."""
    labels = name.split(".")
    good = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return labels if good else []


def _name_of_host(value: str) -> list[str]:
    if "://" in value or "/" in value:
        raise Unusable("value", Tell.NO_DOMAIN.of(value=_short(value)), Tell.TYPE_URL.of())
    if values.address(value) is not None:
        raise Unusable("value", Tell.IS_ADDRESS.of(value=_short(value)), Tell.TYPE_IP.of())
    bare = value.partition(":")[0].removeprefix("*.").removeprefix(".")
    name = values.domain(bare)
    if name and "." not in name:
        raise Unusable("value", Tell.ONE_LABEL.of(value=_short(value)), Tell.ALL_BELOW.of())
    labels = _labels(name)
    if not labels:
        raise Unusable("value", Tell.NO_DOMAIN.of(value=_short(value)), Tell.WRITE_DOMAIN.of())
    return labels


def _domain(value: str) -> Checked:
    labels = _name_of_host(value)
    name = ".".join(labels)
    if len(labels) == 2 and labels[0] in common.REGISTRY and len(labels[1]) == 2:  # noqa: PLR2004 - com.vn, co.uk
        raise Unusable("value", Tell.REGISTRY.of(value=_short(value)), Tell.ALL_REGISTERED.of())
    doubt = Tell.SHARED.of() if name in common.SHARED else ""
    return "domain", name.encode(), doubt or (Tell.VISITED.of() if name in common.VISITED else "")


def _hostname(value: str) -> Checked:
    name = ".".join(_name_of_host(value))
    return "hostname", name.encode(), Tell.VISITED.of() if name in common.VISITED else ""


def _url(value: str) -> Checked:
    whole, host = values.url(value)
    if not whole:
        raise Unusable("value", Tell.NO_URL.of(value=_short(value)), Tell.WRITE_URL.of(most=values.MAX_URL))
    packed = values.address(host)
    return "url", whole.encode("utf-8", "replace"), "" if packed is None else _place(ip_address(packed))


def _path(value: str) -> Checked:
    found = values.path(value)
    if "%" in found or "*" in found or "$" in found:
        raise Unusable("value", Tell.VARIES.of(value=_short(value)), Tell.WRITE_RULE_OR_NAME.of())
    if not _ROOT.match(found) or len(found) > values.MAX_PATH:
        raise Unusable("value", Tell.NO_PATH.of(value=_short(value)), Tell.WRITE_PATH.of(most=values.MAX_PATH))
    return "path", found.encode("utf-8", "replace"), Tell.COMMON_PATH.of() if found in common.PATHS else ""


def _name(value: str) -> Checked:
    found = values.path(value)
    if "/" in found:
        return _path(value)
    if "*" in found or "?" in found or len(found) > values.MAX_NAME:
        raise Unusable("value", Tell.NO_NAME.of(value=_short(value)), Tell.WRITE_RULE.of())
    doubt = Tell.COMMON_NAME.of() if found in common.NAMES else ""
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
