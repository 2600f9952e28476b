"""Environment variables -> values: one variable at a time, and a sentence where one can't be used.

Knows nothing of what the values are for.
"""

import ipaddress
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
PREFIX = "GRADWALK_"
SHORTEST_TOKEN = 16
SECRET = ("TOKEN", "DATABASE")
"""Variables that are or hold a secret: their values are never repeated."""


class SettingsError(ValueError):
    """An environment variable that can't be used; the message names it, says why and what to write instead."""


class Environment:
    """Reads one variable at a time; the empty text counts as unset."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__(self, name: str, default: Value, parse: Callable[[str], Value], wanted: str) -> Value:
        """The variable's value, or the default. Raises: SettingsError."""
        text = self._environ.get(f"{PREFIX}{name}", "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            shown = "…" if name.endswith(SECRET) else text
            raise SettingsError(f"{PREFIX}{name}={shown} can't be used. Write {wanted}, or leave it unset.") from error


def loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked(fits: bool, value: Value) -> Value:
    """The value, where it fits. Raises: ValueError."""
    if not fits:
        raise ValueError
    return value


def switch(text: str) -> bool:
    """0 or 1."""
    return checked(text in ("0", "1"), text == "1")


def port(text: str) -> int:
    """A port's number."""
    return checked(text.isascii() and text.isdigit() and int(text) < 65536, int(text))


def count(text: str) -> int:
    """A whole number from 1."""
    number = int(text)
    return checked(1 <= number < 2**53, number)


def bound(text: str) -> int:
    """A whole number from 0, which stands for no bound."""
    return checked(text.isascii() and text.isdigit(), int(text))


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    number = float(text)
    return checked(0 < number < 10**9, number)


def host(text: str) -> str:
    """An address or a name to listen on."""
    return checked(all(character.isalnum() or character in ".:-_" for character in text), text)


def folder(text: str) -> Path:
    """A folder's path; it need not exist."""
    return checked("\0" not in text, Path(text).expanduser())


def database(text: str) -> str:
    """The URL of a database."""
    scheme, separator, rest = text.partition("://")
    return checked(bool(separator and rest) and scheme.split("+")[0] in ("sqlite", "postgresql"), text)


def runner(text: str) -> str:
    """Where programs run: `local`, or a Ray cluster by its head's address."""
    scheme, _, place = text.partition("://")
    name, _, number = place.rpartition(":")
    return checked(text == "local" or (scheme == "ray" and bool(host(name)) and port(number) > 0), text)


def listed(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


def names(text: str) -> tuple[str, ...]:
    """Host names."""
    found = tuple(name.lower() for name in listed(text))
    return checked(all("/" not in name and " " not in name for name in found), found)


def networks(text: str) -> tuple[str, ...]:
    """Addresses and networks, such as 10.0.0.2 and 10.0.0.0/8."""
    found = listed(text)
    for each in found:
        ipaddress.ip_network(each)
    return found


def header(text: str) -> str:
    """A header's name, in small letters."""
    return checked(text.isascii() and text.replace("-", "").isalnum(), text.lower())


def token(text: str) -> str:
    """A secret that nobody guesses."""
    fits = len(text) >= SHORTEST_TOKEN and text.isascii() and text.isprintable() and " " not in text
    return checked(fits, text)
