"""What comes in by HTTP."""

from types import TracebackType
from typing import IO, Any

import flask
import structlog
from werkzeug.exceptions import BadHost
from werkzeug.routing import MapAdapter

from letters.logs import places

HEAD_ERROR = "letters.head_error"
"""The variable of a request that only hears what is wrong: with its head, or on our side."""


log = structlog.get_logger("letters.web")

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Request(flask.Request):
    """A request that is closed with all of its files.

    A file that finds no room on its way is no file of the form: left to the garbage collector, it
    would go on taking up what room there is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Werkzeug's own
        super().__init__(*args, **kwargs)
        self._on_their_way: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> IO[bytes]:  # noqa: ANN401 -- as above
        stream = super()._get_file_stream(*args, **kwargs)
        self._on_their_way.append(stream)
        return stream

    def close(self) -> None:
        """Close the files, those that were never received whole among them."""
        super().close()
        for stream in self._on_their_way:
            stream.close()


class Application(flask.Flask):
    """One that has words for any request, and whose log has no address of one."""

    request_class = Request

    def create_url_adapter(self, request: flask.Request | None) -> MapAdapter | None:
        """Find the pages by their paths, whatever host is named.

        With one that can be none, such as `a..b`, not even the page that says so could be made.
        """
        try:
            return super().create_url_adapter(request)
        except BadHost:
            if request is None:
                raise
            return self.url_map.bind_to_environ(request.environ, server_name="", subdomain="")

    def log_exception(self, exc_info: Raised) -> None:
        """Write down what kept an error from being told in words; Flask would name the address."""
        error = exc_info[1]
        if error is not None:
            log.error("unexpected", error=type(error).__name__, where=places(error))
