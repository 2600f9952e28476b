"""The record of all runs in a database: an agent writes, on PostgreSQL several, and any number read.

Knows nothing of how a run is made.
"""

from .database import Away, StoreError, is_shared
from .ledger import WriteFailed
from .news import News, Notice
from .points import thin
from .reader import Reader
from .record import ORIGINS, Curve, Entry, Record, Series
from .retention import Retention
from .shelf import Folder, Place, Table
from .writer import Writer

__all__ = [
    "ORIGINS",
    "Away",
    "Curve",
    "Entry",
    "Folder",
    "News",
    "Notice",
    "Place",
    "Reader",
    "Record",
    "Retention",
    "Series",
    "StoreError",
    "Table",
    "WriteFailed",
    "Writer",
    "is_shared",
    "thin",
]
