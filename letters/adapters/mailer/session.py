"""SMTP sessions that end in time, whatever the server does."""

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from threading import Condition, Thread


class Watch:
    """Ends a conversation that takes too long, whatever is being waited for.

    A time limit on a socket starts anew with every byte, so that a server which trickles keeps the
    connection for ever. This one holds a second handle on the connection, which outlives the change
    to TLS, and shuts it down. It begins with the connection, and anew with each further mail. One
    thread watches as long as the connection lasts.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.ended = False
        self._over_at: float | None = None
        self._is_closed = False
        self._changed = Condition()
        self._watching: Thread | None = None
        self._connection: socket.socket | None = None

    def over(self, connection: socket.socket) -> None:
        """Begin to watch a connection."""
        self._connection = connection.dup()
        self.begin()
        self._watching = Thread(target=self._watch, daemon=True)
        self._watching.start()

    def begin(self, seconds: float | None = None) -> None:
        """Count from now on, unless it is counting; `seconds` is what there is for this once."""
        with self._changed:
            if self._over_at is None:
                self._over_at = time.monotonic() + (seconds or self._seconds)
                if seconds is not None:
                    self._changed.notify()

    def pause(self) -> None:
        """Count no more: the conversation is over, or there is nothing to say for now."""
        with self._changed:
            self._over_at = None

    def close(self) -> None:
        """Let go of the connection."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        if self._watching is not None:
            self._watching.join()
            self._watching = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _watch(self) -> None:
        """Look when the time may be over.

        Whoever begins anew leaves more time than there was: nobody has to be woken for that.
        """
        with self._changed:
            while not self._is_closed:
                now = time.monotonic()
                over_at = now + self._seconds if self._over_at is None else self._over_at
                if over_at <= now:
                    self._end()
                    return
                self._changed.wait(over_at - now)

    def _end(self) -> None:
        self.ended = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)


class Session(smtplib.SMTP):
    """An SMTP session that is watched from its first byte."""

    def __init__(self, watch: Watch, host: str, port: int, own_name: str, timeout: float) -> None:
        self._watch = watch
        try:
            super().__init__(host, port, local_hostname=own_name, timeout=timeout)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # -- the stubs lack it
        self._watch.over(connection)
        return connection


class TlsSession(smtplib.SMTP_SSL, Session):
    """The same over TLS: SMTP_SSL asks the next class for the socket that it wraps."""

    def __init__(
        self,
        watch: Watch,
        host: str,
        port: int,
        own_name: str,
        timeout: float,
        trust: ssl.SSLContext,
    ) -> None:
        self._watch = watch
        try:
            smtplib.SMTP_SSL.__init__(
                self, host, port, local_hostname=own_name, timeout=timeout, context=trust
            )
        except BaseException:
            self.close()
            raise
