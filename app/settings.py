"""The server's settings: environment variables -> one frozen Settings, read once.

Every variable is optional; a bad value is an error with a sentence. Source: the project's API contract, "A run".
"""

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from . import environment as env
from .environment import Environment, SettingsError, loopback
from .events import DEFAULT_LIMITS, Limits, Preset, Recording
from .events.run import GIB

Wall = Literal["auto", "refuse", "no-landlock"]
WALLS: tuple[Wall, ...] = ("auto", "refuse", "no-landlock")
LogFormat = Literal["text", "json"]
LEVELS = ("debug", "info", "warning", "error")
RATE_ELSEWHERE = 600
"""Runs that one client may begin in a minute where others than this machine's own people reach the server."""
FOLLOWING = 0
"""As many slots as the cluster has processors, while machines come and go."""
ALL_BUT_ONE = -1
"""Of all slots, so many for one client."""
__all__ = ["Bounds", "Settings", "SettingsError", "loopback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one server, and one client of it, may have at once.

    A client is a user where a proxy names them, else an address. `client_slots` runs of one client may go on at once
    and `client_queue` wait; `connections` and `streams` be open in all and `pictures` in the making, of one client
    `client_connections`, `client_streams` and `client_pictures`; `rate` is how many runs a client may begin in a
    minute, 0 without bound. Units: `head_s`, `body_s` and `silent_s` are how long a request's head, its body, and a
    client that reads nothing are waited for.
    """

    client_slots: int = 0
    client_queue: int = 32
    connections: int = 4000
    client_connections: int = 1000
    streams: int = 2000
    client_streams: int = 500
    pictures: int = 200
    client_pictures: int = 50
    rate: int = 0
    head_s: float = 10.0
    body_s: float = 30.0
    silent_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator chose.

    `allowed_hosts` are names this server is reached by besides its own address and localhost; `recording` bounds what
    is kept of backwards; `lessons` is a folder of lessons beside our own; `workers` web processes answer; `slots` runs
    go on at once (`FOLLOWING`: as many as there is room for) and `queue` more wait; `runner` says where they run;
    `record` is the URL of another database for them than the data folder's own; finished runs are kept for `keep_days`,
    up to `keep_runs` of them and `keep_bytes` in all, 0 meaning without that bound. With a `token` only who has it is
    answered; who has `admin_token` is an operator too, and so are `admins` among the users that a proxy at `proxies`
    names in `user_header`.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = field(default_factory=lambda: data_folder(os.environ))
    open_browser: bool = False
    allowed_hosts: tuple[str, ...] = ()
    limits: Mapping[Preset, Limits] = field(default_factory=lambda: dict(DEFAULT_LIMITS))
    recording: Recording = field(default_factory=Recording)
    lessons: Path | None = None
    workers: int = 1
    slots: int = field(default_factory=lambda: os.cpu_count() or 1)
    queue: int = 64
    keep_days: int = 90
    keep_runs: int = 1000
    keep_bytes: int = 2 * GIB
    unsafe_no_sandbox: bool = False
    wall: Wall = "auto"
    record: str | None = None
    runner: str = "local"
    token: str | None = None
    admin_token: str | None = None
    user_header: str | None = None
    admins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    bounds: Bounds = field(default_factory=Bounds)
    log_level: str = "warning"
    log_format: LogFormat = "text"

    @property
    def database(self) -> str:
        """The URL of the record of all runs."""
        return self.record or f"sqlite:///{self.data_dir.absolute()}/runs.sqlite"

    @staticmethod
    def from_environment(environ: Mapping[str, str]) -> "Settings":
        """The settings that the variables ask for. Raises: SettingsError."""
        read = Environment(environ)
        unsafe = read("UNSAFE_NO_SANDBOX", False, env.switch, "0 or 1")
        runner = read("RUNNER", "local", env.runner, "local, or ray://host:port of a Ray cluster's head")
        cores = (os.cpu_count() or 1) if runner == "local" else FOLLOWING
        slots = read("SLOTS", cores, env.count, "a whole number from 1")
        host = read("HOST", "127.0.0.1", env.host, "an address such as 127.0.0.1")
        chosen = Settings(
            host=host,
            port=read("PORT", 8000, env.port, "a port from 0 to 65535"),
            data_dir=read("DATA_DIR", data_folder(environ), env.folder, "the path of a folder"),
            open_browser=read("OPEN_BROWSER", False, env.switch, "0 or 1"),
            limits={preset: _limits(read, preset, limits) for preset, limits in DEFAULT_LIMITS.items()},
            recording=_recording(read),
            lessons=read("LESSONS", None, env.folder, "the path of a folder with lessons, such as en/09_mine.md"),
            workers=read("WORKERS", 1, env.count, "a whole number from 1"),
            slots=slots,
            queue=read("QUEUE", 64, env.count, "a whole number from 1"),
            keep_days=read("KEEP_DAYS", 90, env.bound, "a whole number of days, or 0 for no bound"),
            keep_runs=read("KEEP_RUNS", 1000, env.bound, "a whole number of runs, or 0 for no bound"),
            keep_bytes=read("KEEP_BYTES", 2 * GIB, env.bound, "a whole number of bytes, or 0 for no bound"),
            unsafe_no_sandbox=unsafe,
            wall=read("WALL", "auto", _one_of(WALLS), " or ".join(WALLS)),
            runner=runner,
            record=read("DATABASE", None, env.database, "a URL such as postgresql+psycopg://user@host/name"),
            bounds=_bounds(read, host, slots),
            log_level=read("LOG_LEVEL", "warning", _one_of(LEVELS), " or ".join(LEVELS)),
            log_format=read("LOG_FORMAT", "text", _one_of(("text", "json")), "text or json"),
        )
        return _agreeing(_with_access(chosen, read))


def data_folder(environ: Mapping[str, str]) -> Path:
    """Where the server keeps its own files when nobody says otherwise; it need not exist."""
    base = environ.get("XDG_DATA_HOME")
    return Path(base) / "gradwalk" if base else Path.home() / ".local" / "share" / "gradwalk"


def _with_access(chosen: Settings, read: Environment) -> Settings:
    """Who is answered, and as whom."""
    made_up = secrets.token_urlsafe(18) if chosen.unsafe_no_sandbox else None
    secret = f"at least {env.SHORTEST_TOKEN} characters without blanks"
    return replace(
        chosen,
        allowed_hosts=read("ALLOWED_HOSTS", (), env.names, "host names with commas between them"),
        token=read("TOKEN", made_up, env.token, secret),
        admin_token=read("ADMIN_TOKEN", None, env.token, secret),
        user_header=read("USER_HEADER", None, env.header, "a header's name such as X-Forwarded-User"),
        admins=read("ADMINS", (), env.listed, "users' names with commas between them"),
        proxies=read("PROXIES", (), env.networks, "addresses or networks with commas between them"),
    )


def _agreeing(chosen: Settings) -> Settings:
    """The settings, where they go together. Raises: SettingsError."""
    if chosen.unsafe_no_sandbox and not loopback(chosen.host):
        raise SettingsError(
            f"GRADWALK_HOST={chosen.host} would let others run programs here without walls. "
            "Leave GRADWALK_HOST unset together with --unsafe-no-sandbox."
        )
    if chosen.workers > 1 and (chosen.unsafe_no_sandbox or os.name != "posix"):
        raise SettingsError(
            f"GRADWALK_WORKERS={chosen.workers} is for a server that many use, and without walls it serves you alone, "
            "by one process. Leave GRADWALK_WORKERS unset."
        )
    if chosen.unsafe_no_sandbox and chosen.runner != "local":
        raise SettingsError(
            f"GRADWALK_RUNNER={chosen.runner} would run programs without walls on other machines. Leave it unset "
            "together with --unsafe-no-sandbox."
        )
    if chosen.user_header and not chosen.proxies:
        raise SettingsError(
            "GRADWALK_USER_HEADER alone would let anybody be anyone: a client can send that header too. Name the proxy "
            "that sets it in GRADWALK_PROXIES, such as 127.0.0.1."
        )
    if chosen.admins and not chosen.user_header:
        raise SettingsError(
            "GRADWALK_ADMINS names users, and no user is known without GRADWALK_USER_HEADER. Set that, or give the "
            "operator a GRADWALK_ADMIN_TOKEN."
        )
    if chosen.token and chosen.token == chosen.admin_token:
        raise SettingsError(
            "GRADWALK_TOKEN and GRADWALK_ADMIN_TOKEN are the same, which would make everybody an operator. "
            "Choose two tokens."
        )
    return chosen


def _bounds(read: Environment, host: str, slots: int) -> Bounds:
    """The bounds; where others reach the server, one client leaves a slot to them where there is another."""
    share = max(1, slots - 1) if slots else ALL_BUT_ONE
    usual = Bounds() if loopback(host) else Bounds(rate=RATE_ELSEWHERE, client_slots=share)
    changed: dict[str, float | int] = {}
    for each in fields(Bounds):
        in_seconds = each.name.endswith("_s")
        parse: Callable[[str], float | int] = env.seconds if in_seconds else env.bound
        wanted = "a number of seconds above 0" if in_seconds else "a whole number, 0 for no bound"
        changed[each.name] = read(each.name.upper(), getattr(usual, each.name), parse, wanted)
    return Bounds(**changed)  # type: ignore[arg-type]  # each value has its field's own type


def _limits(read: Environment, preset: Preset, limits: Limits) -> Limits:
    changed: dict[str, float | int] = {}
    for each in fields(Limits):
        name = f"{preset.value.upper()}_{each.name.upper()}"
        whole = each.name != "wall_s"
        wanted = "a whole number from 1" if whole else "a number of seconds above 0"
        changed[each.name] = read(name, getattr(limits, each.name), env.count if whole else env.seconds, wanted)
    return replace(limits, **changed)  # type: ignore[arg-type]  # each value has its field's own type


def _recording(read: Environment) -> Recording:
    usual = Recording()
    wanted = "a whole number, 0 for none"
    usually = {each.name: getattr(usual, each.name) for each in fields(Recording)}
    return Recording(
        **{name: read(f"RECORD_{name.upper()}", each, env.bound, wanted) for name, each in usually.items()}
    )


def _one_of(words: tuple[str, ...]) -> Callable[[str], Any]:
    return lambda text: env.checked(text in words, text)
