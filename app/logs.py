"""The server's own log: one line an event on standard error, for people or as JSON for machines.

A run is named by its id. No program's text, no token and no header stands in any line.
"""

from typing import Any

from pythonjsonlogger.json import JsonFormatter

from .settings import Settings

FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"
TEXT = "%(asctime)s %(levelname)-7s %(message)s"
OURS = (__package__, "uvicorn")


def configure(settings: Settings, process: str) -> dict[str, Any]:
    """The configuration that `logging.config.dictConfig`, and with it uvicorn, takes. `process` names who logs."""
    formatters: dict[str, dict[str, Any]] = {
        "json": {
            "()": JsonFormatter,
            "fmt": FIELDS,
            "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
            "static_fields": {"process": process},
            "timestamp": False,
        },
        "text": {"format": TEXT},
    }
    level = settings.log_level.upper()
    others = level if level == "ERROR" else "WARNING"
    handlers = {"stderr": {"class": "logging.StreamHandler", "formatter": settings.log_format}}
    quiet = {"handlers": ["stderr"], "level": level, "propagate": False}
    quieter = {**quiet, "level": "ERROR"}  # whoever sends what is no HTTP must not fill the log
    silent = {"handlers": [], "level": "CRITICAL", "propagate": False}
    loggers = {**dict.fromkeys(OURS, quiet), "uvicorn.error": quieter, "uvicorn.access": silent}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": handlers,
        "loggers": loggers,
        "root": {"handlers": ["stderr"], "level": others},
    }
