"""`gradwalk watch script.py`: the script runs as it would, and the page shows its graph, its curve and its gradients.

Everything is in this process and in the script's own; the page is served on loopback, for who has the token.
"""

import asyncio
import secrets
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn

from ..agent.local import LocalAgent
from ..events import Outcome, Preset, RunRequest
from ..main import close, create_app
from ..settings import Settings
from ..sockets import address, listen
from .script import UNLIMITED, ScriptRunner, request

GRACE_S = 2
LOOK_S = 0.1
ENDED = "{name} ended ({outcome}). The page stays until you press Ctrl-C."


def watch(path: Path, arguments: Sequence[str], *, port: int, leave: bool, open_browser: bool) -> int:
    """Runs the script and serves the page until Ctrl-C, or with `leave` until the script has ended.

    Gives 0 where the script ran to its end, else 1. Raises: ScriptError; OSError where the port is taken.
    """
    asked = request(path)
    with tempfile.TemporaryDirectory(prefix="gradwalk-") as folder, listen("127.0.0.1", port) as listening:
        settings = Settings(
            port=listening.getsockname()[1],
            data_dir=Path(folder),
            unsafe_no_sandbox=True,
            token=secrets.token_urlsafe(18),
            limits={Preset.TRAINING: UNLIMITED, Preset.EXPRESSION: UNLIMITED},
            slots=1,
        )
        runner = ScriptRunner(path, arguments)
        server = _Server(settings, runner, asked, address(settings, listening), leave, open_browser)
        server.run(sockets=[listening])
    return 0 if runner.outcome is Outcome.OK else 1


class _Server(uvicorn.Server):
    """The page of one script. Ctrl-C first stops the script, and then ends the page."""

    def __init__(
        self,
        settings: Settings,
        runner: ScriptRunner,
        asked: RunRequest,
        place: str,
        leave: bool,
        open_browser: bool,
    ) -> None:
        self._app = create_app(settings, runner)
        super().__init__(uvicorn.Config(self._app, log_level="warning", timeout_graceful_shutdown=GRACE_S))
        self._runner = runner
        self._asked = asked
        self._place = place
        self._leave = leave
        self._open_browser = open_browser
        self._watching: asyncio.Task[None] | None = None
        self._run_id = ""
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    @property
    def _agent(self) -> LocalAgent:
        agent: Any = self._app.state.house.agent
        assert isinstance(agent, LocalAgent)  # it was made with a runner of its own
        return agent

    async def startup(self, sockets: Any = None) -> None:
        """Begins to answer, and begins the script."""
        await super().startup(sockets)
        if not self.should_exit:
            self._watching = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        self._run_id = await self._agent.start(self._asked)
        place = self._place.replace("/?", f"/runs/{self._run_id}?")
        print(f"Gradwalk shows {self._asked.title} at {place}", file=sys.stderr, flush=True)
        if self._open_browser:
            webbrowser.open(place)
        while self._agent.busy:
            await asyncio.sleep(LOOK_S)
        if self._leave:
            await self._end()
        else:
            print(ENDED.format(name=self._asked.title, outcome=self._runner.outcome), file=sys.stderr, flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C while the script runs stops the script; then, or another signal, ends the page."""
        loop = asyncio.get_running_loop()
        if sig == signal.SIGINT and self._run_id and self._agent.busy and not self._stopping:
            self._stopping = True
            self._task = loop.create_task(self._agent.stop(self._run_id))
        else:
            self._task = loop.create_task(self._end())

    async def _end(self) -> None:
        await close(self._app)
        self.should_exit = True
