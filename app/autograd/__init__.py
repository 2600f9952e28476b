"""The core: torch objects in, events out. No I/O, no clock, no globals; runs in the child, never in the server."""

from .differences import Measured, compare, measure
from .formulas import formulas
from .graph import Places, describe, leaves_of, node_ids, sequence_nr_of
from .kept import SMALL
from .names import Found, Names, grad_fn_of, scan
from .redoing import Start, Unrepeatable, start_at
from .saved import FREED, complaint, freed_among, held, holding, holds_tensors, is_readable, saved_names
from .tape import Tape
from .tensors import History, grad_reason, report
from .values import value_of
from .vjp import Recorder
from .walk import Walk, outer_roots, walk

__all__ = [
    "FREED",
    "SMALL",
    "Found",
    "History",
    "Measured",
    "Names",
    "Places",
    "Recorder",
    "Start",
    "Tape",
    "Unrepeatable",
    "Walk",
    "compare",
    "complaint",
    "describe",
    "formulas",
    "freed_among",
    "grad_fn_of",
    "grad_reason",
    "held",
    "holding",
    "holds_tensors",
    "is_readable",
    "leaves_of",
    "measure",
    "node_ids",
    "outer_roots",
    "report",
    "saved_names",
    "scan",
    "sequence_nr_of",
    "start_at",
    "value_of",
    "walk",
]
