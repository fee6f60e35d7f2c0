"""One connection: what uvicorn leaves open about the heads of requests.

A head has to come in time, and one that cannot be read gets a page that says so, however long it
is: of a link of a megabyte no more is kept than of any other.
"""

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from werkzeug.exceptions import BadRequest, RequestHeaderFieldsTooLarge

from letters.web.answers import Answer
from letters.web.gateway import CLOSE
from letters.web.heads import LARGEST_HEAD, error_of_head

if TYPE_CHECKING:
    from letters.web.gateway import Gateway

SECONDS_FOR_A_HEAD = 30.0
"""From the connection, or the first byte after another request, to the end of the head."""

MOST_CONNECTIONS = 1000
"""Whoever asks for something while there are more is told to come again."""

FOR_PROGRAMS = b" /api/"
BEGINNING = 20
"""Bytes of a head by which to tell."""


MOST_FIELDS = 200
"""Of a head; each takes as long to read as a chunk of a body."""

END_OF_HEAD = re.compile(rb"\n\r?\n")

CRUMBS = 1000
CHUNK = 64
"""A body may have so many chunks of any size, and one more for each so many bytes."""


class _Parser(h11.Connection):
    """h11's, which takes nothing that comes in crumbs: nobody else is served while it counts them.

    Ten clients that send each byte as a chunk of its own kept all others waiting for half a minute,
    and fifty with 16,000 header fields each for two seconds.
    """

    def __init__(self) -> None:
        super().__init__(h11.SERVER, LARGEST_HEAD)
        self._chunks = self._received = 0

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Raises h11.RemoteProtocolError for crumbs as well."""
        if self.their_state is h11.IDLE and self.has_too_many_fields():
            message = "a head in crumbs"
            raise h11.RemoteProtocolError(message)
        event = super().next_event()
        if isinstance(event, h11.Request):
            self._chunks = self._received = 0
        if isinstance(event, h11.Data):
            self._chunks += event.chunk_start
            self._received += len(event.data)
        if self._chunks > CRUMBS + self._received // CHUNK:
            message = "a body in crumbs"
            raise h11.RemoteProtocolError(message)
        return event

    def has_too_many_fields(self) -> bool:
        """Say so of the head that is to be read next, or of what there is of it."""
        head = END_OF_HEAD.split(self.trailing_data[0], maxsplit=1)[0]
        return head.count(b"\n") > MOST_FIELDS


class Connection(H11Protocol):
    """A connection to a client; the application of the server's configuration is a `Gateway`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- uvicorn's own
        super().__init__(*args, **kwargs)
        self.conn: _Parser = _Parser()
        self._head_is_late: asyncio.TimerHandle | None = None
        self._refusing: asyncio.Task[None] | None = None
        self._beginning = b""
        self._said_all = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Wait for the first head."""
        super().connection_made(transport)
        self._wait_for_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more, and have nothing said to whom nobody hears."""
        self._wait_no_more()
        if self._refusing is not None:
            self._refusing.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, or throw it away where the head could not be read.

        Thrown away and not left unread: a connection that is closed with something unread in it
        takes the answer along.
        """
        if self._refusing is not None:
            return
        if self.conn.their_state is h11.IDLE:
            self._beginning = (self._beginning + data[:BEGINNING])[:BEGINNING]
        gateway = cast("Gateway", self.config.app)
        crowded = len(self.connections) > MOST_CONNECTIONS
        self.app = gateway.turn_away if crowded else gateway
        super().data_received(data)
        self._see_how_far_it_is()

    def eof_received(self) -> bool:  # type: ignore[override]  # as asyncio has it; uvicorn hangs up
        """Stay, if a whole request waits for its answer: they may say no more, and listen on."""
        self._said_all = self._is_asked()
        return self._said_all

    def on_response_complete(self) -> None:
        """Go on with their next request, or hang up if they said that there is none."""
        super().on_response_complete()
        if self._said_all and not self._is_asked():
            self.transport.close()

    def _is_asked(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete

    def _should_upgrade(self) -> bool:
        """Speak no other protocol, and let the log have no advice on what to install for it."""
        return False

    def _see_how_far_it_is(self) -> None:
        if self._refusing is not None:
            return
        if self.conn.their_state is not h11.IDLE:
            self._beginning = b""
            self._wait_no_more()
        elif self._head_is_late is None:
            self._wait_for_a_head()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 -- uvicorn's words; ours are better
        """Have it said what is wrong with the head; uvicorn calls this for what h11 refuses."""
        if self.conn.our_state is not h11.IDLE:
            # It is the body: the gateway awaits it, and learns that there will be no more of it.
            self.transport.close()
            return
        # Whatever they send meanwhile has to come to an end as well.
        self._wait_for_a_head()
        self._refusing = self.loop.create_task(self._refuse())

    async def _refuse(self) -> None:
        head, _ = self.conn.trailing_data
        address, _, fields = head.partition(b"\n")
        error = error_of_head(len(address), len(fields)) or BadRequest()
        if self.conn.has_too_many_fields():
            error = RequestHeaderFieldsTooLarge()
        by_program = FOR_PROGRAMS in self._beginning
        gateway = cast("Gateway", self.config.app)
        self._write(await gateway.answer_to_head(error, by_program=by_program))

    def _write(self, answer: Answer) -> None:
        if self.transport.is_closing():
            return
        headers = [*self.server_state.default_headers, *answer.headers, CLOSE]
        for event in (
            h11.Response(status_code=answer.status, headers=headers),
            h11.Data(data=answer.beginning),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.write_eof()

    def _wait_for_a_head(self) -> None:
        self._wait_no_more()
        self._head_is_late = self.loop.call_later(SECONDS_FOR_A_HEAD, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._head_is_late is not None:
            self._head_is_late.cancel()
            self._head_is_late = None
