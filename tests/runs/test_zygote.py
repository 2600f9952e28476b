"""The server's end of a zygote: what it is started with, and that it never outlives its use."""

import pytest

from app.runs.zygote import Zygote, ZygoteError, command, environment

from .play import gone, open_descriptors

pytestmark = pytest.mark.anyio


def test_nothing_of_the_servers_environment_or_secrets_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADWALK_TOKEN", "secret-token")
    assert "secret-token" not in repr((command("child", "3"), environment(None)))
    assert set(environment(None)) & {"PATH", "PYTHONPATH", "USER", "GRADWALK_TOKEN"} == set()


def test_python_is_isolated_and_writes_no_bytecode() -> None:
    assert command("child")[1:3] == ["-I", "-B"]


async def test_a_zygote_that_fails_to_start_says_so_and_is_gone() -> None:
    before = open_descriptors()
    zygote = Zygote(["auto"], environment(None))
    with pytest.raises(ZygoteError, match="ended with status 1"):
        await zygote.ready()
    await zygote.close()
    assert open_descriptors() == before


async def test_closing_ends_a_zygote_that_is_not_ready_yet() -> None:
    zygote = Zygote(["auto", ""], environment(None))
    await zygote.close()
    assert gone([zygote.pid])
