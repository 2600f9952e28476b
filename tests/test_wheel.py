"""The wheel, as somebody installs it: one package `gradwalk`, which no folder of a project of theirs can hide."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILD = "from hatchling.build import build_wheel; import sys; build_wheel(sys.argv[1])"
SCRIPT = """
import app, static, tests, torch
from gradwalk import show
x = torch.ones(2, requires_grad=True)
loss = (x * x).sum()
drawing = show(loss)._repr_svg_()
loss.backward()
print(app.MINE, static.MINE, tests.MINE, "MulBackward0" in drawing)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    wheel = next(folder.glob("gradwalk-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has its own `app`, `static` and `tests`, and a script that imports them."""
    for name in ("app", "static", "tests"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"MINE = 'my {name}'")
    (tmp_path / "train.py").write_text(SCRIPT)
    return tmp_path


def gradwalk(site: Path, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gradwalk", *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_wheel_installs_one_package_with_the_page_in_it(site: Path) -> None:
    packages = {path.name for path in site.iterdir() if not path.name.endswith(".dist-info")}
    assert packages == {"gradwalk"}
    for path in ("static/js/main.js", "templates/index.html", "child/__main__.py", "store/migrations/env.py"):
        assert (site / "gradwalk" / path).is_file()


def test_a_script_is_watched_beside_a_project_s_own_app_static_and_tests(site: Path, project: Path) -> None:
    done = gradwalk(site, project, "watch", "--leave", "--no-browser", "train.py")
    assert done.stdout == "my app my static my tests True\n", done.stderr
    assert done.returncode == 0


def test_a_script_is_drawn_there_too(site: Path, project: Path) -> None:
    done = gradwalk(site, project, "draw", "-o", "graph.svg", "train.py")
    assert done.returncode == 0, done.stderr
    assert "MulBackward0" in (project / "graph.svg").read_text()
