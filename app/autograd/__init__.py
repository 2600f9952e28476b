"""The core: torch objects in, events out. No I/O, no clock, no globals; runs in the child, never in the server."""

from ..grouping.origins import NOWHERE, ModulePlace, Origins, Site
from .columns_of import columns_of
from .differences import Measured, compare, measure
from .formulas import formulas
from .graph import describe, graph_of, leaf_positions, leaves_of
from .keeping import Kept, keep
from .kept import SMALL
from .names import Found, Names, grad_fn_of, scan
from .places import Places
from .reading import Reading, node_ids, read, sequence_nr_of, sequence_nrs
from .redoing import Start, Unrepeatable, start_at
from .saved import FREED, complaint, freed_among, held, holding, holds_tensors, is_readable, saved_names
from .tape import Tape
from .tensors import History, grad_reason, report
from .unwatched import Unwatched
from .values import value_of
from .vjp import Recorder
from .walk import Walk, outer_roots, walk

__all__ = [
    "FREED",
    "NOWHERE",
    "SMALL",
    "Found",
    "History",
    "Kept",
    "Measured",
    "ModulePlace",
    "Names",
    "Origins",
    "Places",
    "Reading",
    "Recorder",
    "Site",
    "Start",
    "Tape",
    "Unrepeatable",
    "Unwatched",
    "Walk",
    "columns_of",
    "compare",
    "complaint",
    "describe",
    "formulas",
    "freed_among",
    "grad_fn_of",
    "grad_reason",
    "graph_of",
    "held",
    "holding",
    "holds_tensors",
    "is_readable",
    "keep",
    "leaf_positions",
    "leaves_of",
    "measure",
    "node_ids",
    "outer_roots",
    "read",
    "report",
    "saved_names",
    "scan",
    "sequence_nr_of",
    "sequence_nrs",
    "start_at",
    "value_of",
    "walk",
]
