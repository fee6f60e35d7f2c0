"""What a WSGI application answers, begun or whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from letters.domain.documents import MEGABYTE

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

AT_ONCE = MEGABYTE
"""Answers up to this size are sent in one piece, longer ones while they are made."""

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What the application answers: the beginning, and whatever is still to be made."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    beginning: bytes
    rest: Iterator[bytes] | None
    close: Callable[[], None]


def begin(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Let the application begin to answer, and finish if the answer is short."""
    started: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _error: object = None) -> Callable[[bytes], object]:
        started.append((status, headers))
        return _no_writing

    made = app(environ, start)
    close = getattr(made, "close", lambda: None)
    try:
        pieces, beginning, ended = iter(made), bytearray(), False
        while not ended and len(beginning) < AT_ONCE:
            piece = next(pieces, None)
            ended = piece is None
            beginning += piece or b""
        status, headers = started[-1]
        return Answer(
            status=int(status.split(" ", 1)[0]),
            headers=[(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers],
            beginning=bytes(beginning),
            rest=None if ended else pieces,
            close=close,
        )
    except BaseException:
        close()
        raise


def whole(app: "WSGIApplication", environ: "WSGIEnvironment") -> Answer:
    """Let the application give a short answer, and close it."""
    answer = begin(app, environ)
    answer.close()
    return answer


def _no_writing(_data: bytes) -> NoReturn:
    message = "an answer is returned, not written"
    raise NotImplementedError(message)
