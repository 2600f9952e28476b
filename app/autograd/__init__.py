"""The core: torch objects in, events out. No I/O, no clock, no globals; runs in the child, never in the server."""

from .graph import Places, describe, leaves_of, node_ids, sequence_nr_of
from .names import Found, Names, grad_fn_of, scan
from .saved import holding, holds_tensors
from .tensors import History, grad_reason, report
from .values import value_of
from .walk import Walk, outer_roots, walk

__all__ = [
    "Found",
    "History",
    "Names",
    "Places",
    "Walk",
    "describe",
    "grad_fn_of",
    "grad_reason",
    "holding",
    "holds_tensors",
    "leaves_of",
    "node_ids",
    "outer_roots",
    "report",
    "scan",
    "sequence_nr_of",
    "value_of",
    "walk",
]
