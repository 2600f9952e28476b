"""What was typed at one web process, found by another: whole, or not at all."""

import asyncio
from pathlib import Path

import pytest

from app.events import encode_request
from app.store import Folder
from app.web.copies import Copies, pack, unpack
from app.web.shelf import Kept

from ..columns import record_line
from ..runs.play import request
from .test_shelf import POW_ADD

pytestmark = pytest.mark.anyio


def typed() -> Kept:
    """A finished run that left something large with its graph."""
    kept = Kept("pow-add", request("x\n\ud800 = 1"))
    for line in (("record", record_line()), *POW_ADD):
        kept.add(line)
    return kept


def test_a_run_comes_out_as_it_was_put_in() -> None:
    kept = typed()
    again = unpack("pow-add", pack(kept))
    assert (again.request, again.records) == (kept.request, kept.records)
    assert again.journal.read(limit=100) == kept.journal.read(limit=100)
    assert (again.started_at, again.finished) == (kept.started_at, kept.finished)


@pytest.mark.parametrize("packed", [b"", b"{}", b"[]", encode_request(request("x")), pack(typed())])
async def test_what_is_no_whole_run_of_that_id_is_not_used(packed: bytes, tmp_path: Path) -> None:
    place = Folder(tmp_path, keep_s=600.0, most_bytes=10**6)
    place.put("another", packed)
    assert await Copies(place).take("another") is None


async def test_a_run_that_many_ask_for_at_once_is_read_once(tmp_path: Path) -> None:
    place = Folder(tmp_path, keep_s=600.0, most_bytes=10**6)
    copies = Copies(place)
    await copies.give(typed())
    taken = await asyncio.gather(*(copies.take("pow-add") for _ in range(5)))
    assert {id(each) for each in taken} == {id(taken[0])}
    assert await copies.take("pow-add") not in (None, taken[0])


async def test_a_place_that_cannot_be_had_fails_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    copies = Copies(Folder(tmp_path / "file", keep_s=600.0, most_bytes=10**6))
    await copies.give(typed())
    assert await copies.take("pow-add") is None
