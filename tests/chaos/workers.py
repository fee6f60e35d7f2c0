"""Workers as an operator runs them, in processes of their own, some of which die at a named step.

They come from a process that has imported everything already and has no threads, so that starting
one takes a moment.
"""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import wraps
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from uuid import UUID

from letters.cli import worker
from letters.services.claiming import Claim
from letters.services.delivering import Postman
from letters.settings import Settings
from tests.chaos.heart import Heart, Watcher, replace_by_name
from tests.chaos.nursery import forking
from tests.cli.conftest import variables

LONGEST_LIFE = 60.0
LONGEST_WORK = 600.0
END_OF_CONTENT = b"\r\n.\r\n"


class Step(StrEnum):
    """Where a worker can die, in the order in which a mail comes by."""

    CLAIM_OPEN = "claimed, and not committed"
    CLAIMED = "claimed"
    WRITTEN = "written"
    CONNECTED = "connected"
    ANNOUNCED = "its sender is named"
    ADDRESSED = "its recipient is named"
    HALF_SENT = "half of it is sent"
    ALL_SENT = "all of it is sent, before the server's 250"
    TAKEN = "after the server's 250"
    BEFORE_RECORDING = "before recording"
    RECORD_OPEN = "recorded, and not committed"
    RECORDED = "recorded"


NOTHING_LEFT = frozenset({0})
SOMETHING_LEFT = frozenset({1})
COPIES_IN_DOUBT: Mapping[Step, frozenset[int]] = {
    Step.ALL_SENT: NOTHING_LEFT | SOMETHING_LEFT,
    Step.TAKEN: SOMETHING_LEFT,
    Step.BEFORE_RECORDING: SOMETHING_LEFT,
    Step.RECORD_OPEN: SOMETHING_LEFT,
}
"""How many copies the server may have that are not recorded; at any other step, none."""

ONCE_FOR_SEVERAL = frozenset({Step.CLAIM_OPEN, Step.CONNECTED})
"""Steps that a worker comes by once, and not with every mail."""

_ATTEMPT = "letters.services.delivering:Postman._attempt"
_BEFORE: Mapping[Step, str] = {
    Step.CLAIMED: _ATTEMPT,
    Step.BEFORE_RECORDING: "letters.services.delivering:Postman._record",
}
_AFTER: Mapping[Step, str] = {
    Step.CLAIM_OPEN: "letters.services.delivering:claim_some",
    Step.WRITTEN: "letters.services.delivering:Postman._write",
    Step.CONNECTED: "letters.adapters.mailer.connection:Connection.configure_host",
    Step.ANNOUNCED: "letters.adapters.mailer.connection:Connection.announce",
    Step.ADDRESSED: "letters.adapters.mailer.connection:Connection._name_recipient",
    Step.TAKEN: "letters.adapters.mailer.connection:Connection._hand_over_content",
    Step.RECORD_OPEN: "letters.services.mail_endings:settle_sent",
    Step.RECORDED: "letters.services.delivering:Postman._record",
}
_OUTCOME = re.compile(r'"outcome": "(\w+)"')
_SEND = "smtplib:SMTP.send"
_LEASE = "letters.services.claiming:LEASE"


@dataclass(frozen=True)
class Taken:
    """A mail that was taken on: by which process, and under which number."""

    by: int
    mail: UUID
    claim: int


@dataclass(frozen=True)
class Workers:
    """Starts workers on one installation; `folder` is for what they say."""

    settings: Settings
    folder: Path

    @property
    def log(self) -> Path:
        """What the workers log, all into one file."""
        return self.folder / "workers.log"

    @property
    def claims(self) -> Path:
        """A line for each claim, whose ever it is."""
        return self.folder / "claims"

    def start(
        self, *arguments: str, watcher: Watcher | None = None, lease: timedelta | None = None
    ) -> ForkServerProcess:
        """Start one with the command's arguments, and a lease of its own if one is given."""
        started = forking.Process(target=_work, args=(self, watcher, lease, arguments), daemon=True)
        started.start()
        return started

    def die_at(self, step: Step, beats: int = 1) -> None:
        """Let one work until it dies, and see that it died exactly there."""
        last_words = self.folder / "last-words"
        last_words.unlink(missing_ok=True)
        dying = self.start("--once", watcher=Heart(step, last_words, beats))
        dying.join(LONGEST_LIFE)
        assert dying.exitcode == -signal.SIGKILL, (step, dying.exitcode, self.log.read_text())
        assert last_words.read_text(encoding="utf-8") == step

    def taken(self) -> Sequence[Taken]:
        """Return what the workers have taken on so far, in that order."""
        lines = self.claims.read_text(encoding="ascii").splitlines()
        return [Taken(int(by), UUID(mail), int(claim)) for by, mail, claim in map(str.split, lines)]

    def outcomes(self) -> Counter[str]:
        """Count what became of the mails, as the workers log it."""
        return Counter(_OUTCOME.findall(self.log.read_text(encoding="utf-8")))

    def finish(self) -> None:
        """Let one do all that is due, and end."""
        last = self.start("--once")
        last.join(LONGEST_WORK)
        last.kill()
        assert last.exitcode == 0, self.log.read_text()


def _work(
    workers: Workers, watcher: Watcher | None, lease: timedelta | None, arguments: Sequence[str]
) -> None:
    output = _appending(workers.log)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(variables(workers.settings))
    replace_by_name(_ATTEMPT, _writing_down(_appending(workers.claims)))
    if watcher is not None:
        _watch_the_steps(watcher)
    if lease is not None:
        replace_by_name(_LEASE, lambda _: lease)
    worker.command.main([*arguments], standalone_mode=False)


def _appending(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _writing_down(claims: int) -> Callable[[Any], Any]:
    def wrap(attempt: Any) -> Any:  # noqa: ANN401 -- whatever is wrapped
        @wraps(attempt)
        def wrapped(postman: Postman, claim: Claim, *args: Any) -> Any:  # noqa: ANN401 -- whatever it takes
            os.write(claims, f"{os.getpid()} {claim.id} {claim.number}\n".encode())
            return attempt(postman, claim, *args)

        return wrapped

    return wrap


def _watch_the_steps(watcher: Watcher) -> None:
    for step, function in _BEFORE.items():
        replace_by_name(function, _reaching_before(watcher, step))
    for step, function in _AFTER.items():
        replace_by_name(function, _reaching_after(watcher, step))
    replace_by_name(_SEND, _reaching_while_sending(watcher))


def _reaching_before(watcher: Watcher, step: Step) -> Callable[[Any], Any]:
    def wrap(function: Any) -> Any:  # noqa: ANN401 -- whatever is wrapped
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- whatever it takes
            watcher.reach(step)
            return function(*args, **kwargs)

        return wrapped

    return wrap


def _reaching_after(watcher: Watcher, step: Step) -> Callable[[Any], Any]:
    def wrap(function: Any) -> Any:  # noqa: ANN401 -- whatever is wrapped
        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 -- whatever it takes
            result = function(*args, **kwargs)
            watcher.reach(step)
            return result

        return wrapped

    return wrap


def _reaching_while_sending(watcher: Watcher) -> Callable[[Any], Any]:
    """A mail's content is the only thing that ends like this."""

    def wrap(send: Any) -> Any:  # noqa: ANN401 -- whatever is wrapped
        def wrapped(connection: Any, content: bytes | str) -> None:  # noqa: ANN401 -- smtplib's own
            if isinstance(content, str) or not content.endswith(END_OF_CONTENT):
                send(connection, content)
                return
            middle = len(content) // 2
            send(connection, content[:middle])
            watcher.reach(Step.HALF_SENT)
            send(connection, content[middle:])
            watcher.reach(Step.ALL_SENT)

        return wrapped

    return wrap
