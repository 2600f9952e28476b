"""The zygote's first word: ready with its proof, or refusing with a sentence, before torch is even imported."""

import sysconfig
from pathlib import Path

import pytest

from app.child.readable import exposed
from app.runs.zygote import Zygote, environment

pytestmark = pytest.mark.anyio


async def test_a_ready_zygote_tells_its_walls_its_proof_and_its_versions(tmp_path: Path) -> None:
    zygote = Zygote(["auto", str(tmp_path)], environment(tmp_path))
    word = await zygote.ready()
    assert sorted(word) == ["is", "layers", "python", "selftest", "torch"]
    assert (word["is"], set(word["selftest"].values()), len(word["selftest"])) == ("ready", {True}, 8)
    await zygote.close()


async def test_a_private_folder_every_child_could_read_is_refused() -> None:
    inside = str(Path(sysconfig.get_path("purelib"), "data"))
    zygote = Zygote(["auto", inside], environment(None))
    assert await zygote.ready() == {
        "is": "refusing",
        "detail": f"The data folder {inside} lies inside {exposed(inside)}, which every program may read. "
        "Move it elsewhere.",
    }
    await zygote.close()
