"""The server's settings: environment variables -> one frozen Settings, read once.

Every variable is optional; a bad value is an error with a sentence. Source: the project's API contract, "A run".
"""

import ipaddress
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Literal, TypeVar, cast

from .events import DEFAULT_LIMITS, Limits, Preset, Recording
from .events.run import GIB

Wall = Literal["auto", "refuse", "no-landlock"]
WALLS: tuple[Wall, ...] = ("auto", "refuse", "no-landlock")
Value = TypeVar("Value")


class SettingsError(ValueError):
    """An environment variable that can't be used; the message names it, says why and what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator chose.

    `allowed_hosts` are names this server is reached by besides its own address and localhost; `recording` bounds what
    is kept of backwards; `lessons` is a folder of lessons beside our own; `slots` runs go on at once and `queue` more
    wait; `database` is where runs are recorded; finished runs are kept for `keep_days`, up to `keep_runs` of them and
    `keep_bytes` in all, 0 meaning without that bound; `token` guards a server without walls.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = field(default_factory=lambda: data_folder(os.environ))
    open_browser: bool = False
    allowed_hosts: tuple[str, ...] = ()
    limits: Mapping[Preset, Limits] = field(default_factory=lambda: dict(DEFAULT_LIMITS))
    recording: Recording = field(default_factory=Recording)
    lessons: Path | None = None
    slots: int = field(default_factory=lambda: os.cpu_count() or 1)
    queue: int = 64
    keep_days: int = 90
    keep_runs: int = 1000
    keep_bytes: int = 2 * GIB
    unsafe_no_sandbox: bool = False
    wall: Wall = "auto"
    token: str | None = None

    @property
    def database(self) -> str:
        """The URL of the record of all runs."""
        return f"sqlite:///{self.data_dir.absolute()}/runs.sqlite"

    @staticmethod
    def from_environment(environ: Mapping[str, str]) -> "Settings":
        """The settings that the variables ask for. Raises: SettingsError."""
        read = _Reader(environ)
        unsafe = read("UNSAFE_NO_SANDBOX", False, _switch, "0 or 1")
        host = read("HOST", "127.0.0.1", _host, "an address such as 127.0.0.1")
        if unsafe and not loopback(host):
            raise SettingsError(
                f"GRADWALK_HOST={host} would let others run programs here without walls. "
                "Leave GRADWALK_HOST unset together with --unsafe-no-sandbox."
            )
        return Settings(
            host=host,
            port=read("PORT", 8000, _port, "a port from 0 to 65535"),
            data_dir=read("DATA_DIR", data_folder(environ), _folder, "the path of a folder"),
            open_browser=read("OPEN_BROWSER", False, _switch, "0 or 1"),
            allowed_hosts=read("ALLOWED_HOSTS", (), _names, "host names with commas between them"),
            limits={preset: _limits(read, preset, limits) for preset, limits in DEFAULT_LIMITS.items()},
            recording=_recording(read),
            lessons=read("LESSONS", None, _folder, "the path of a folder with lessons, such as en/09_mine.md"),
            slots=read("SLOTS", os.cpu_count() or 1, _count, "a whole number from 1"),
            queue=read("QUEUE", 64, _count, "a whole number from 1"),
            keep_days=read("KEEP_DAYS", 90, _bound, "a whole number of days, or 0 for no bound"),
            keep_runs=read("KEEP_RUNS", 1000, _bound, "a whole number of runs, or 0 for no bound"),
            keep_bytes=read("KEEP_BYTES", 2 * GIB, _bound, "a whole number of bytes, or 0 for no bound"),
            unsafe_no_sandbox=unsafe,
            wall=read("WALL", "auto", _wall, " or ".join(WALLS)),
            token=read("TOKEN", secrets.token_urlsafe(18) if unsafe else None, _token, "at least 16 characters"),
        )


def loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where the server keeps its own files when nobody says otherwise; it need not exist."""
    base = environ.get("XDG_DATA_HOME")
    return Path(base) / "gradwalk" if base else Path.home() / ".local" / "share" / "gradwalk"


class _Reader:
    """Reads one variable at a time; the empty text counts as unset."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __call__(self, name: str, default: Value, parse: Callable[[str], Value], wanted: str) -> Value:
        text = self._environ.get(f"GRADWALK_{name}", "").strip()
        if not text:
            return default
        try:
            return parse(text)
        except ValueError as error:
            raise SettingsError(f"GRADWALK_{name}={text} can't be used. Write {wanted}, or leave it unset.") from error


def _limits(read: _Reader, preset: Preset, limits: Limits) -> Limits:
    changed: dict[str, float | int] = {}
    for each in fields(Limits):
        name = f"{preset.value.upper()}_{each.name.upper()}"
        whole = each.name != "wall_s"
        wanted = "a whole number from 1" if whole else "a number of seconds above 0"
        changed[each.name] = read(name, getattr(limits, each.name), _count if whole else _seconds, wanted)
    return replace(limits, **changed)  # type: ignore[arg-type]  # each value has its field's own type


def _recording(read: _Reader) -> Recording:
    usual = Recording()
    wanted = {each.name: "a whole number, 0 for none" for each in fields(Recording)}
    return Recording(
        **{name: read(f"RECORD_{name.upper()}", getattr(usual, name), _bound, words) for name, words in wanted.items()}
    )


def _switch(text: str) -> bool:
    return _check(text in ("0", "1"), text == "1")


def _check(fits: bool, value: Value) -> Value:
    if not fits:
        raise ValueError
    return value


def _port(text: str) -> int:
    return _check(text.isascii() and text.isdigit() and int(text) < 65536, int(text))


def _count(text: str) -> int:
    number = int(text)
    return _check(1 <= number < 2**53, number)


def _bound(text: str) -> int:
    return _check(text.isascii() and text.isdigit(), int(text))


def _seconds(text: str) -> float:
    number = float(text)
    return _check(0 < number < 10**9, number)


def _host(text: str) -> str:
    return _check(all(character.isalnum() or character in ".:-_" for character in text), text)


def _folder(text: str) -> Path:
    return _check("\0" not in text, Path(text).expanduser())


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    return _check(all("/" not in name and " " not in name for name in names), names)


def _wall(text: str) -> Wall:
    return cast(Wall, _check(text in WALLS, text))


def _token(text: str) -> str | None:
    return _check(len(text) >= 16 and text.isascii() and text.isprintable() and " " not in text, text)
