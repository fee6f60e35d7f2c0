"""What comes in by HTTP."""

from typing import IO, Any

import flask

HEAD_ERROR = "letters.head_error"
"""The variable of a request that only hears what is wrong: with its head, or on our side."""


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
