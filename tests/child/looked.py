"""A program without a backward, run with marks in this process: what the closer looks noted."""

from typing import Any

import torch

from app.child.looks import Looks
from app.child.program import compile_program
from app.child.provenance import Provenance


def looked(source: str) -> tuple[Looks, dict[str, Any]]:
    """The looks at a program, and the namespace it left behind."""
    program = compile_program(source)
    provenance = Provenance(program.sites, Looks(program.sites, reads_locals=program.reads_locals))
    top: dict[str, Any] = {"torch": torch}
    with provenance.noting():
        exec(program.code, top)
    assert provenance.failure is None
    return provenance.looks, top
