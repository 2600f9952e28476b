"""The record of all runs in a database: one process writes, any number read. Knows nothing of how a run is made."""

from .database import StoreError
from .ledger import WriteFailed
from .points import thin
from .reader import Reader
from .record import ORIGINS, Curve, Entry, Record, Series
from .retention import Retention
from .writer import Writer

__all__ = [
    "ORIGINS",
    "Curve",
    "Entry",
    "Reader",
    "Record",
    "Retention",
    "Series",
    "StoreError",
    "WriteFailed",
    "Writer",
    "thin",
]
