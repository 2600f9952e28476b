"""The core: torch objects in, events out. No I/O, no clock, no globals; runs in the child, never in the server."""

from .graph import Places, accumulators_of, describe, sequence_nr_of
from .names import Found, Names, scan
from .saved import is_freed
from .tensors import History, grad_reason, report
from .values import value_of
from .walk import Walk, no_gc, outer_roots, walk

__all__ = [
    "Found",
    "History",
    "Names",
    "Places",
    "Walk",
    "accumulators_of",
    "describe",
    "grad_reason",
    "is_freed",
    "no_gc",
    "outer_roots",
    "report",
    "scan",
    "sequence_nr_of",
    "value_of",
    "walk",
]
