"""The worker's log: one line of JSON for each event, without a person's data in it."""

import sys
import traceback
from types import TracebackType

import structlog
from structlog.typing import EventDict, WrappedLogger

from letters.resources import PACKAGE


def write_json_lines() -> None:
    """Log to standard output, one JSON object a line."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            place_of_error,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
    )


def place_of_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say of an error what kind it was and where it happened, never what it said.

    What it said can hold an address, a link or a name; the kind and the lines cannot.
    """
    if event.pop("exc_info", None):
        kind, _, trace = sys.exc_info()
        event["error"] = kind.__name__ if kind else None
        event["where"] = _lines(trace)
    return event


def _lines(trace: TracebackType | None) -> list[str]:
    """Name the places in our own code, outermost first."""
    return [
        f"{frame.filename.removeprefix(f'{PACKAGE.parent}/')}:{frame.lineno}"
        for frame in traceback.extract_tb(trace)
        if frame.filename.startswith(str(PACKAGE))
    ]
