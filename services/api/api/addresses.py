"""Which addresses a stranger may send the station to: those of the public internet, and no others."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

LONGEST_LINK = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}

_NAT64 = IPv6Network("64:ff9b::/96")
_V4_COMPATIBLE = IPv6Network("::/96")
_NEVER = (ip_network("192.0.0.0/24"), ip_network("64:ff9b:1::/48"), ip_network("fec0::/10"))
"""Not public, although Python's own table has some of it as such."""

Exceptions = Collection[tuple[str, int]]
"""Hosts (literal addresses) and ports that may be reached although they are not public."""


class BadLink(ValueError):
    """Not a link that can be followed; the text says why."""


class ForbiddenLink(ValueError):
    """A link into the station's own network."""


def is_public(host: str) -> bool:
    """Whether this is a literal address on the public internet, also when it only wraps an IPv4 address."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        inner = _inner(address)
        if inner is not None:
            return is_public(str(inner))
    if any(address in network for network in _NEVER if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def may_reach(host: str, port: int, exceptions: Exceptions) -> bool:
    """Whether a connection to this literal address and port is allowed."""
    return (host, port) in exceptions or is_public(host)


def check_link(link: str, exceptions: Exceptions) -> None:
    """Refuse at once what is plainly no link for us; names are judged when they are resolved.

    Raises `BadLink` or `ForbiddenLink`.
    """
    if len(link) > LONGEST_LINK:
        raise BadLink(f"A link may be at most {LONGEST_LINK} characters long.")
    if not link.isprintable() or " " in link:
        raise BadLink("The link has characters in it that no link has.")
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise BadLink("This is no valid link.") from error
    _check_form(parts, host)
    assert host is not None
    if (host, port) not in exceptions and _plainly_private(host):
        raise ForbiddenLink("Links into private networks are not followed.")


def parse_exceptions(text: str) -> tuple[tuple[str, int], ...]:
    """A comma list of host:port; raises ValueError. IPv6 addresses stand in brackets."""
    found = []
    for one in filter(None, (part.strip() for part in text.split(","))):
        parts = urlsplit(f"//{one}")
        if parts.hostname is None or parts.port is None:
            raise ValueError(f"{one!r} is no host:port")
        found.append((parts.hostname, parts.port))
    return tuple(found)


def _check_form(parts: SplitResult, host: str | None) -> None:
    if parts.scheme not in DEFAULT_PORTS:
        raise BadLink("Only http and https links are followed.")
    if not host:
        raise BadLink("The link names no host.")
    if parts.username is not None or parts.password is not None:
        raise BadLink("Links with a user name or password in them are not followed.")


def _plainly_private(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        name = host.rstrip(".")
        return name == "localhost" or name.endswith(".localhost")
    return not is_public(host)


def _inner(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if address in _NAT64 or address in _V4_COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
