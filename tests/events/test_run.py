"""Requests and limits."""

from app.events import (
    DEFAULT_LIMITS,
    EXPRESSION,
    Limits,
    Preset,
    Recording,
    Rerun,
    RunRequest,
    decode_request,
    encode_request,
)


def test_a_request_comes_back_as_it_went() -> None:
    request = RunRequest(source="x = '张量'\ud800\n", preset=Preset.EXPRESSION, limits=EXPRESSION, title="t")
    assert decode_request(encode_request(request)) == request


def test_a_run_that_is_done_again_comes_back_too() -> None:
    request = RunRequest(
        source="",
        preset=Preset.TRAINING,
        limits=EXPRESSION,
        seed=7,
        language="zh",
        recording=Recording(backwards=1),
        rerun=Rerun(backward=3, check="w"),
    )
    assert decode_request(encode_request(request)) == request


def test_the_presets_have_the_contracts_numbers() -> None:
    gib, mib = 2**30, 2**20
    assert {
        Preset.EXPRESSION: Limits(wall_s=10, cpu_s=5, memory_bytes=gib, events=20_000, stdout_bytes=mib),
        Preset.TRAINING: Limits(wall_s=1200, cpu_s=900, memory_bytes=4 * gib, events=2_000_000, stdout_bytes=16 * mib),
    } == DEFAULT_LIMITS
