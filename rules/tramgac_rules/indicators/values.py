r"""How the values of indicators and of events are written, so that both meet: one form for each value.

    digest      bytes of its hexadecimal digits
    address     4 or 16 bytes; an IPv4 address inside IPv6 (::ffff:1.2.3.4) is the IPv4 address
    domain      lower-case ASCII (IDNA), no dot at the end
    URL         scheme://host[:port]/path?query; no user, no fragment, no default port, %XX decoded
    path, name  lower-case, / for \, without \\?\ in front

Each function takes any text, however hostile, in time linear in its length.
"""

import re
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import unquote

MAX_DOMAIN = 253
"""Characters of a domain."""
MAX_URL = 2_048
"""Characters of a URL that is compared as a whole."""
MAX_PATH = 1_024
"""Characters of a path that is compared as a whole."""
MAX_NAME = 255
"""Characters of a file's name."""

_PORTS = {"http": "80", "https": "443", "ftp": "21"}
_URL = re.compile(r"([a-z][a-z0-9+.-]{0,30})://([^/?#\\\s]*)([^#]*)", re.IGNORECASE | re.ASCII)
_PART = re.compile(r"0x[0-9a-f]*|[0-9]+", re.ASCII)
_LONGEST_ADDRESS = 64  # characters, with zone and brackets
_PREFIXES = ("//?/", "/??/", "//./")
_PARTS = 4


def digest(text: str, length: int) -> bytes | None:
    """Return a digest of `length` bytes from its hexadecimal digits, None if it is none."""
    if len(text) != 2 * length:
        return None
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def address(text: str) -> bytes | None:
    """Return an address in 4 or 16 bytes, however it is spelled; None if it is none.

    Besides the usual form: spaces, brackets or a dot around it, a zone, and what programs take for IPv4:
    hexadecimal, octal (leading zero) and fewer than four numbers.
    """
    plain = text.removeprefix("::ffff:")  # as Windows writes what a DNS server answered
    parts = plain.split(".", _PARTS)
    if len(parts) == _PARTS:
        try:
            packed = bytes(map(int, parts))
        except ValueError:
            pass
        else:
            if "%d.%d.%d.%d" % tuple(packed) == plain:  # noqa: UP031 - half the time of the others, and this is hot
                return packed
    if len(text) > _LONGEST_ADDRESS:
        return None
    bare = text.strip().removeprefix("[").removesuffix("]").partition("%")[0].removesuffix(".").lower()
    if ":" not in bare:
        return _numbers(bare)
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return found.packed if mapped is None else mapped.packed


def _numbers(text: str) -> bytes | None:
    """Return an IPv4 address of one to four numbers as inet_aton and browsers read it: the last fills the rest."""
    parts = text.split(".", _PARTS)
    if len(parts) > _PARTS or not all(_PART.fullmatch(part) for part in parts):
        return None
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    *first, last = numbers
    rest = _PARTS - len(first)
    if any(number > 255 for number in first) or last >= 256**rest:  # noqa: PLR2004 - a byte
        return None
    return bytes(first) + last.to_bytes(rest)


def _number(text: str) -> int:
    if text.startswith("0x"):
        return int(text[2:] or "0", 16)
    return int(text, 8 if len(text) > 1 and text[0] == "0" else 10)


def network(text: str) -> tuple[bytes, int] | None:
    """Return the first address of a network (CIDR, or a mask after the slash) and the length of its prefix."""
    if len(text) > _LONGEST_ADDRESS:
        return None
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    mapped = found.network_address.ipv4_mapped if isinstance(found.network_address, IPv6Address) else None
    if mapped is not None and found.prefixlen >= 96:  # noqa: PLR2004 - ::ffff:0:0/96
        return mapped.packed, found.prefixlen - 96
    return found.network_address.packed, found.prefixlen


def domain(text: str) -> str:
    """Return a domain's one form; "" for what can be none."""
    name = text.strip()
    if not name.isascii():
        try:
            name = name[: MAX_DOMAIN + 1].encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = name.rstrip(".").lower()
    return name if len(name) <= MAX_DOMAIN else ""


def url(text: str) -> tuple[str, str]:
    """Return a URL's one form, and its host's: an address in canonical text or a domain; "" where there is none."""
    found = _URL.match(text)
    if found is None:
        return "", ""
    scheme, authority, rest = found.group(1).lower(), found.group(2).rpartition("@")[2], found.group(3)
    host, port = _host_and_port(authority)
    packed = address(host)
    bare = domain(host) if packed is None else str(ip_address(packed))
    if not bare or len(rest) > MAX_URL:
        return "", bare
    shown = f"[{bare}]" if ":" in bare else bare
    rest = rest.replace("\\", "/").rstrip()
    if not rest.startswith("/"):
        rest = "/" + rest
    if "%" in rest:
        rest = unquote(rest, errors="replace")
    return f"{scheme}://{shown}{'' if port in ('', _PORTS.get(scheme)) else f':{port}'}{rest}", bare


def _host_and_port(authority: str) -> tuple[str, str]:
    if authority.startswith("["):
        host, _, rest = authority.partition("]")
        return host[1:], rest.removeprefix(":")
    host, _, port = authority.partition(":")
    return host, port.lstrip("0") if port.isascii() and port.isdigit() else ""


def path(text: str) -> str:
    """Return a path's one form."""
    found = text.strip(' "\t\r\n').replace("\\", "/").lower()
    return found[4:] if found.startswith(_PREFIXES) else found
