"""Addresses: which of them are one client's, and which belong to a network. Knows nothing of requests."""

import ipaddress
from collections.abc import Sequence

HOME_BITS = 64
"""The part of an IPv6 address that one household or machine has to itself."""


def household(address: str) -> str:
    """An address as far as it tells clients apart: of IPv6 the network, whose every address one client may use."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4 or found.is_loopback:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found) >> HOME_BITS << HOME_BITS, HOME_BITS)))


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether it is an address in one of these networks."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(each) for each in networks)
