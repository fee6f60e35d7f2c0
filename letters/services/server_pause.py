"""A mail server that fails as a whole is left alone for a while: that is not the mails' fault.

Each worker keeps its own pause. What it had claimed and not begun is given back unharmed.
"""

from dataclasses import dataclass
from datetime import datetime

import structlog

from letters.domain.backoff import Pause, pause
from letters.domain.bounces import reason_line
from letters.domain.errors import MailServerUnavailable
from letters.domain.mail_advice import advice

log = structlog.get_logger("letters.delivering")


@dataclass
class ServerPause:
    """Whether one worker leaves the mail server alone; `last` is None while all is well."""

    last: Pause | None = None

    @property
    def failures(self) -> int:
        """How often in a row the server failed as a whole."""
        return 0 if self.last is None else self.last.failures

    def begin(self, error: MailServerUnavailable, now: datetime, jitter: float) -> None:
        """Begin a pause, longer than the one before, and tell the operator."""
        self.last = pause(self.failures + 1, now, jitter)
        log.error(
            "mail.server_unavailable",
            reason=reason_line(str(error.values.get("reason", ""))),
            advice=advice(error),
            in_a_row=self.failures,
            next_at=self.last.until.isoformat(timespec="seconds"),
        )

    def end(self) -> None:
        """The server took a mail: nothing of it is left."""
        if self.last is not None:
            log.info("mail.server_answers_again", after=self.failures)
        self.last = None

    def until(self, now: datetime) -> datetime | None:
        """Return until when the server is left alone; None when it may be tried `now`."""
        return self.last.until if self.last is not None and self.last.lasts(now) else None
