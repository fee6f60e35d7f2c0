"""Being woken by PostgreSQL when a mail was queued, so that nobody has to look all the time."""

import time
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Engine

if TYPE_CHECKING:
    # It takes long to import, and whoever works on SQLite never needs it.
    from psycopg import Connection

CHANNEL = "letters_outbox"
"""What the trigger on the outbox notifies, when the transaction that queued a mail commits."""

SECONDS_TO_CONNECT = 5
SECONDS_BETWEEN_TRIES = 5.0
SECONDS_WITHOUT = 0.5
"""How often to look while there is nobody to be woken by."""

log = structlog.get_logger("letters.listening")


class Listener:
    """Holds one connection of its own, and makes another when it is lost."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver = engine.dialect.loaded_dbapi
        self._connection: Connection | None = None
        self._try_again_at = 0.0

    def wait(self, seconds: float) -> bool:
        """Wait so long at most; say whether it is worth looking for mails before that.

        It is after a notification, after a connection was made, since nobody was told meanwhile,
        and now and then while there is none.
        """
        if self._connection is None:
            return self._connect_or_sleep(seconds)
        try:
            notified = self._connection.notifies(timeout=seconds, stop_after=1)
            return any(True for _ in notified)
        except self._driver.OperationalError:
            log.warning("listening.lost")
            self.close()
            return True

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect_or_sleep(self, seconds: float) -> bool:
        if time.monotonic() >= self._try_again_at:
            self._try_again_at = time.monotonic() + SECONDS_BETWEEN_TRIES
            try:
                self._connection = self._connected()
            except self._driver.OperationalError:
                log.warning("listening.not_possible")
            else:
                return True
        time.sleep(min(seconds, SECONDS_WITHOUT))
        return True

    def _connected(self) -> "Connection":
        _, given = self._engine.dialect.create_connect_args(self._engine.url)
        connection: Connection = self._driver.connect(
            **{"connect_timeout": SECONDS_TO_CONNECT, "keepalives_idle": 30, **given},
            autocommit=True,
        )
        connection.execute(f"LISTEN {CHANNEL}")
        return connection
