"""Calls made from the OpenAPI document: each is answered with a status and a body that the document names, and never by 500."""

import os
from collections.abc import Iterator
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings

from tests.web.serving import build, serve

from .required import required

EXAMPLES = int(os.environ.get("GRADWALK_FUZZ_EXAMPLES", "0")) // 10 or 8
"""Calls of each kind; `make fuzz` asks for more."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serve(build()) as address:
        yield address


def test_every_call_is_answered_as_the_document_says(address: str) -> None:
    schemathesis: Any = required("schemathesis")
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 15
    for operation in operations:
        _call(operation, address)


def _call(operation: Any, address: str) -> None:
    """Half of the calls ask for a run there is: a made-up id would never get past 404."""

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy())
    def answered(case: Any) -> None:
        if next(turns) % 2 and case.path_parameters and "run_id" in case.path_parameters:
            case.path_parameters["run_id"] = run
        case.call_and_validate()

    turns, run = count(), _a_run(address)
    answered()


def _a_run(address: str) -> str:
    """A run that has ended."""
    run = str(httpx.post(f"{address}/api/runs", json={"source": "pow_add"}).json()["id"])
    httpx.get(f"{address}/api/runs/{run}/events")
    return run
