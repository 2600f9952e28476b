"""The command line: what can be asked for, and who answers."""

import argparse
import sys
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from ..draw import FORMATS, ExportError
from .script import ScriptError

PROGRAM = "gradwalk" if __package__.startswith("gradwalk") else "python -m app"


def parser() -> argparse.ArgumentParser:
    """What can be asked for; without a command the page is served."""
    asked = argparse.ArgumentParser(prog=PROGRAM, description="Shows what PyTorch's autograd really does.")
    asked.add_argument(
        "--unsafe-no-sandbox", action="store_true", help="run programs without walls, for you alone on this machine"
    )
    asked.add_argument("--workers", type=int, metavar="N", help="answer by N web processes (GRADWALK_WORKERS, or 1)")
    commands = asked.add_subparsers(dest="command", title="commands", description="without one, the page is served")
    _watch(commands.add_parser("watch", help="run a script of yours and see its graph and its curve live in the page"))
    about = "What is no option of these is told to the script, and so is all behind --."
    first = "draw the graph of a script's first backward into a file"
    _draw(commands.add_parser("draw", help=first, description=about, allow_abbrev=False))
    return asked


def parse(typed: Sequence[str]) -> argparse.Namespace:
    """What was asked for, and in `arguments` what the script is told: of `draw` all that it has no option for."""
    asked = parser()
    options, others = asked.parse_known_args(typed)
    if options.command == "draw":
        own = list(takewhile("--".__ne__, typed))
        options, others = asked.parse_known_args(own)
        options.arguments = [*others, *typed[len(own) + 1 :]]
    elif others:
        asked.error(f"unrecognized arguments: {' '.join(others)}")
    return options


def _script(asked: argparse.ArgumentParser) -> None:
    asked.add_argument("script", type=Path, help="a Python script, run as it is with all your rights")


def _watch(asked: argparse.ArgumentParser) -> None:
    asked.add_argument("--port", type=int, default=0, help="the port of the page (a free one)")
    asked.add_argument("--leave", action="store_true", help="end with the script instead of waiting for Ctrl-C")
    asked.add_argument("--no-browser", action="store_true", help="only print the page's address")
    _script(asked)
    asked.add_argument("arguments", nargs=argparse.REMAINDER, help="what the script is told")


def _draw(asked: argparse.ArgumentParser) -> None:
    asked.add_argument("-o", "--output", type=Path, help=f"the picture: .{', .'.join(FORMATS)} (script.svg)")
    asked.add_argument("--backward", type=int, default=1, metavar="N", help="draw the graph of the N-th backward (1)")
    asked.add_argument("--expand", default="", metavar="ID,ID", help="groups to open, as the picture names them")
    asked.add_argument("--whole", action="store_true", help="every node, nothing folded into a group")
    asked.add_argument("--direction", choices=("TB", "LR"), default="TB", help="top to bottom, or left to right")
    asked.add_argument("--theme", choices=("auto", "light", "dark"), default="auto", help="the colours")
    _script(asked)


def run(options: argparse.Namespace) -> int:
    """Does what was asked; gives the exit status."""
    arguments = options.arguments[1:] if options.arguments[:1] == ["--"] else options.arguments
    try:
        if options.command == "watch":
            from .watch import watch

            shown = not options.no_browser and sys.stderr.isatty()
            return watch(options.script, arguments, port=options.port, leave=options.leave, open_browser=shown)
        from .draw import Asked, draw

        output = options.output or Path(f"{options.script.stem}.svg")
        wanted = tuple(name.strip() for name in options.expand.split(",") if name.strip())
        return draw(
            options.script,
            arguments,
            Asked(output, options.backward, wanted, options.whole, options.direction, options.theme),
        )
    except (ScriptError, ExportError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.strerror or error}: {error.filename or options.script}.", file=sys.stderr)
        return 1
