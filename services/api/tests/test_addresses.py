"""Only the public internet may be reached."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from api import addresses
from hypothesis import given
from hypothesis import strategies as st

PRIVATE = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1", "::127.0.0.1", "2001:0:1:1:1:1:80ff:fffe",
    "fd00:ec2::254", "localhost", "127.1", "2130706433", "",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE)
def test_what_is_not_public_is_refused(host: str) -> None:
    assert not addresses.is_public(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_fine(host: str) -> None:
    assert addresses.is_public(host)


@given(st.ip_addresses(v=4))
def test_an_ipv6_form_is_as_public_as_the_address_in_it(address: IPv4Address) -> None:
    for form in (f"::ffff:{address}", str(IPv6Address(int(IPv6Address("64:ff9b::")) | int(address)))):
        assert addresses.is_public(form) == addresses.is_public(str(address))


def test_an_exception_is_for_one_address_and_port_only() -> None:
    allowed = addresses.parse_exceptions("127.0.0.1:8000, [::1]:80")
    assert addresses.may_reach("127.0.0.1", 8000, allowed)
    assert addresses.may_reach("::1", 80, allowed)
    assert not addresses.may_reach("127.0.0.1", 8001, allowed)
    assert not addresses.may_reach("127.0.0.2", 8000, allowed)


@pytest.mark.parametrize("text", ["127.0.0.1", ":80", "127.0.0.1:http"])
def test_an_exception_without_a_port_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        addresses.parse_exceptions(text)


BAD = [
    "", "song.mp3", "file:///etc/passwd", "ftp://example.org/a.mp3", "javascript:alert(1)", "http://", "http:///a",
    "https://user:secret@example.org/a.mp3", "https://user@example.org/", "http://example.org:99999/",
    "http://[::1", "http://example.org/a b", "http://example.org/\n", "http://example.org/" + "a" * 2000,
]  # fmt: skip


@pytest.mark.parametrize("link", BAD)
def test_what_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(addresses.BadLink):
        addresses.check_link(link, ())


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1/a.mp3",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://localhost:8383/",
        "http://a.localhost.",
    ],
)
def test_links_that_are_plainly_private_are_refused_at_once(link: str) -> None:
    with pytest.raises(addresses.ForbiddenLink):
        addresses.check_link(link, ())


def test_an_exception_lifts_the_guard_for_its_link() -> None:
    addresses.check_link("http://127.0.0.1:8000/a.mp3", [("127.0.0.1", 8000)])
    with pytest.raises(addresses.ForbiddenLink):
        addresses.check_link("http://127.0.0.1/a.mp3", [("127.0.0.1", 8000)])


@given(st.text(max_size=60))
def test_any_text_is_judged(link: str) -> None:
    try:
        addresses.check_link(link, ())
    except (addresses.BadLink, addresses.ForbiddenLink):
        return
    assert link.lower().startswith("http")
