"""The log: one line of JSON for each event, without a person's data in it."""

import logging
import sys
import traceback
from collections.abc import Callable
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from letters.resources import PACKAGE

ACCESS_LOGS = ("werkzeug", "gunicorn.access", "granian.access", "uvicorn.access")
"""Where servers that run us write down each request, some of them only if they are told to."""

OUR_SERVER = ("uvicorn.error", "asyncio")
"""Where the server of ours writes what goes wrong with it; errors in full, with what they say."""


def write_json_lines(to: str = "stdout") -> None:
    """Log one JSON object a line, to `stdout` or, where that holds an answer, to `stderr`."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            place_of_error,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_names: structlog.PrintLogger(getattr(sys, to)),
    )


def write_down_our_server() -> None:
    """Let the warnings of the server go into the log, and of an error its kind and its place."""
    for name in OUR_SERVER:
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [_JsonLines(logging.WARNING)], False


class _JsonLines(logging.Handler):
    """Writes down what others log, as we do."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write it down, without what an error says: asyncio's further lines would repeat that."""
        level, log = record.levelname.lower(), structlog.get_logger("letters.server")
        event: dict[str, Any] = {"said": record.getMessage().strip().partition("\n")[0]}
        error = (record.exc_info or (None, None))[1]
        if error is not None:
            event |= {"error": type(error).__name__, "where": places(error)}
        getattr(log, level)("server", **event)


def place_of_error(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say of an error what kind it was and where it happened, never what it said."""
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        event["error"] = type(error).__name__ if error else None
        event["where"] = places(error) if error else []
    return event


def places(error: BaseException) -> list[str]:
    """Name the lines of ours that led to `error`, outermost first.

    What an error says can hold an address, a link or a name, and so can the variables around it;
    its kind and these lines cannot.
    """
    return [
        f"{frame.filename.removeprefix(f'{PACKAGE.parent}/')}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(PACKAGE))
    ]


def mask_access_logs(masked: Callable[[str], str]) -> None:
    """Let what servers write down of requests go through `masked`: paths can hold live links."""
    for name in ACCESS_LOGS:
        logging.getLogger(name).addFilter(_Masking(masked))


class _Masking(logging.Filter):
    """Lets every line through, changed."""

    def __init__(self, masked: Callable[[str], str]) -> None:
        super().__init__()
        self._masked = masked

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the line for whoever writes it, part by part: uvicorn takes it apart again."""
        if not isinstance(record.args, tuple):
            record.msg, record.args = record.getMessage(), ()
        record.msg = self._masked(str(record.msg))
        record.args = tuple(
            self._masked(part) if isinstance(part, str) else part for part in record.args
        )
        return True
