"""Settings from environment variables."""

from pathlib import Path

import pytest

from app.events import DEFAULT_LIMITS, EXPRESSION, Preset
from app.settings import ALL_BUT_ONE, FOLLOWING, Settings, SettingsError, loopback


def test_nothing_set_gives_the_defaults() -> None:
    settings = Settings.from_environment({"XDG_DATA_HOME": "/data"})
    assert (settings.host, settings.port, settings.open_browser) == ("127.0.0.1", 8000, False)
    assert settings.data_dir == Path("/data/gradwalk")
    assert settings.limits == DEFAULT_LIMITS
    assert (settings.queue, settings.wall, settings.unsafe_no_sandbox, settings.token) == (64, "auto", False, None)
    assert settings.slots >= 1
    assert settings.runner == "local"


def test_a_cluster_has_slots_and_shares_that_follow_its_machines_unless_they_are_given() -> None:
    cluster = {"GRADWALK_RUNNER": "ray://head:6379", "GRADWALK_HOST": "0.0.0.0"}
    settings = Settings.from_environment(cluster)
    assert (settings.runner, settings.slots, settings.bounds.client_slots) == (
        "ray://head:6379",
        FOLLOWING,
        ALL_BUT_ONE,
    )
    given = Settings.from_environment({**cluster, "GRADWALK_SLOTS": "8"})
    assert (given.slots, given.bounds.client_slots) == (8, 7)


def test_a_cluster_is_not_run_without_walls() -> None:
    with pytest.raises(SettingsError, match="without walls on other machines"):
        Settings.from_environment({"GRADWALK_RUNNER": "ray://head:6379", "GRADWALK_UNSAFE_NO_SANDBOX": "1"})


def test_each_variable_is_read() -> None:
    settings = Settings.from_environment(
        {
            "GRADWALK_HOST": "0.0.0.0",
            "GRADWALK_PORT": "9000",
            "GRADWALK_DATA_DIR": "/srv/gradwalk",
            "GRADWALK_OPEN_BROWSER": "1",
            "GRADWALK_ALLOWED_HOSTS": "Gradwalk.example, other.example",
            "GRADWALK_WORKERS": "2",
            "GRADWALK_SLOTS": "3",
            "GRADWALK_QUEUE": "5",
            "GRADWALK_KEEP_DAYS": "7",
            "GRADWALK_KEEP_RUNS": "0",
            "GRADWALK_KEEP_BYTES": "5000",
            "GRADWALK_WALL": "refuse",
            "GRADWALK_EXPRESSION_WALL_S": "2.5",
            "GRADWALK_EXPRESSION_CPU_S": "2",
            "GRADWALK_EXPRESSION_MEMORY_BYTES": "1000",
            "GRADWALK_EXPRESSION_EVENTS": "10",
            "GRADWALK_EXPRESSION_STDOUT_BYTES": "100",
            "GRADWALK_TRAINING_WALL_S": "60",
        }
    )
    assert (settings.host, settings.port, settings.data_dir) == ("0.0.0.0", 9000, Path("/srv/gradwalk"))
    assert (settings.open_browser, settings.workers, settings.slots, settings.queue) == (True, 2, 3, 5)
    assert (settings.keep_days, settings.keep_runs, settings.keep_bytes) == (7, 0, 5000)
    assert settings.database == "sqlite:////srv/gradwalk/runs.sqlite"
    assert settings.allowed_hosts == ("gradwalk.example", "other.example")
    assert settings.wall == "refuse"
    expression = settings.limits[Preset.EXPRESSION]
    assert (expression.wall_s, expression.cpu_s, expression.memory_bytes) == (2.5, 2, 1000)
    assert (expression.events, expression.stdout_bytes) == (10, 100)
    assert settings.limits[Preset.TRAINING].wall_s == 60


def test_an_empty_variable_counts_as_unset() -> None:
    assert Settings.from_environment({"GRADWALK_PORT": " ", "GRADWALK_EXPRESSION_CPU_S": ""}).port == 8000
    assert Settings.from_environment({}).limits[Preset.EXPRESSION] == EXPRESSION


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "65536"), ("PORT", "-1"), ("OPEN_BROWSER", "yes"), ("SLOTS", "0"), ("WORKERS", "0"),
        ("SLOTS", "1.5"), ("QUEUE", "-3"), ("KEEP_DAYS", "-1"), ("KEEP_RUNS", "1.5"), ("WALL", "none"), ("EXPRESSION_WALL_S", "0"), ("EXPRESSION_WALL_S", "nan"),
        ("TRAINING_WALL_S", "inf"), ("TRAINING_CPU_S", "2.5"), ("TRAINING_EVENTS", "many"), ("STREAMS", "-1"), ("HEAD_S", "0"), ("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml"),
        ("PROXIES", "me"), ("USER_HEADER", "a b"),
        ("HOST", "a b"), ("ALLOWED_HOSTS", "http://x"), ("UNSAFE_NO_SANDBOX", "true"),
    ],
)  # fmt: skip
def test_a_bad_value_is_an_error_that_says_what_to_write(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Settings.from_environment({f"GRADWALK_{name}": value})
    assert str(raised.value).startswith(f"GRADWALK_{name}={value} can't be used. Write ")
    assert str(raised.value).endswith(", or leave it unset.")


def test_without_walls_there_is_a_token_and_no_address_but_this_machines() -> None:
    one, two = (Settings.from_environment({"GRADWALK_UNSAFE_NO_SANDBOX": "1"}) for _ in range(2))
    assert one.token is not None
    assert one.token != two.token
    with pytest.raises(SettingsError, match=r"would let others run programs here without walls"):
        Settings.from_environment({"GRADWALK_UNSAFE_NO_SANDBOX": "1", "GRADWALK_HOST": "0.0.0.0"})


def test_which_addresses_are_this_machine_alone() -> None:
    hosts = ("127.0.0.1", "127.1.2.3", "::1", "localhost", "0.0.0.0", "192.168.0.1", "example.org")
    assert [loopback(host) for host in hosts] == [True, True, True, True, False, False, False]


def test_one_client_leaves_a_slot_to_others_where_others_reach_the_server() -> None:
    elsewhere = {"GRADWALK_HOST": "0.0.0.0", "GRADWALK_SLOTS": "4"}
    assert Settings.from_environment({"GRADWALK_SLOTS": "4"}).bounds.client_slots == 0
    assert Settings.from_environment(elsewhere).bounds.client_slots == 3
    assert Settings.from_environment({**elsewhere, "GRADWALK_SLOTS": "1"}).bounds.client_slots == 1
    assert Settings.from_environment({**elsewhere, "GRADWALK_CLIENT_SLOTS": "0"}).bounds.client_slots == 0


def test_a_rate_is_bounded_only_where_others_reach_the_server() -> None:
    assert Settings.from_environment({}).bounds.rate == 0
    assert Settings.from_environment({"GRADWALK_HOST": "0.0.0.0"}).bounds.rate == 600
    assert Settings.from_environment({"GRADWALK_HOST": "0.0.0.0", "GRADWALK_RATE": "0"}).bounds.rate == 0


def test_who_is_answered_is_read() -> None:
    settings = Settings.from_environment(
        {
            "GRADWALK_TOKEN": "everybody's-own-token",
            "GRADWALK_ADMIN_TOKEN": "the-operators-token",
            "GRADWALK_USER_HEADER": "X-Forwarded-User",
            "GRADWALK_PROXIES": "10.0.0.2",
            "GRADWALK_ADMINS": "anna, ben",
        }
    )
    assert (settings.token, settings.admin_token) == ("everybody's-own-token", "the-operators-token")
    assert (settings.user_header, settings.proxies) == ("x-forwarded-user", ("10.0.0.2",))
    assert settings.admins == ("anna", "ben")


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"WORKERS": "2", "UNSAFE_NO_SANDBOX": "1"}, "without walls it serves you alone"),
        ({"USER_HEADER": "X-User"}, "would let anybody be anyone"),
        ({"ADMINS": "anna"}, "no user is known without GRADWALK_USER_HEADER"),
        ({"TOKEN": "a" * 16, "ADMIN_TOKEN": "a" * 16}, "would make everybody an operator"),
    ],
)
def test_settings_that_do_not_go_together_are_refused(environ: dict[str, str], why: str) -> None:
    with pytest.raises(SettingsError, match=why):
        Settings.from_environment({f"GRADWALK_{name}": value for name, value in environ.items()})
