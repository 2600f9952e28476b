"""Addresses: which of them are one client's."""

import pytest

from app.addresses import household, is_within


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::1", "::1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_of_ipv6_a_client_is_its_network(address: str, client: str) -> None:
    assert household(address) == client


def test_an_address_is_within_a_network_and_what_is_none_within_nothing() -> None:
    assert is_within("10.9.9.9", ("192.0.2.1", "10.0.0.0/8"))
    assert not is_within("11.0.0.1", ("10.0.0.0/8",))
    assert not is_within("", ("0.0.0.0/0",))
