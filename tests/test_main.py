"""The app as a whole: what it serves, and what its process never loads."""

import subprocess
import sys

import pytest

from tests.web.serving import build, reach

pytestmark = pytest.mark.anyio


async def test_the_app_serves_its_static_files_and_its_document() -> None:
    async with reach(build()) as client:
        answers = [await client.get(path) for path in ("/static/icon.svg", "/openapi.json", "/healthz")]
        outside = await client.get("/static/../app/main.py")
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert outside.status_code == 404


def test_the_servers_process_loads_no_torch_and_no_child() -> None:
    program = (
        "import sys; from app.main import create_app; from app.settings import Settings; create_app(Settings());"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('torch', 'numpy', 'typst', 'matplotlib')"
        " or name.startswith(('app.child', 'app.autograd'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
