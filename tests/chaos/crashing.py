"""The real server with a weak heart: its web process kills itself at a named step.

It serves as `letters serve` does; STEP in the environment says at which step the web process dies,
and is empty for one that lives. Nothing of this is known to the service: the ports are wrapped, and
the session's own events are listened to.
"""

import gc
import os
import signal
import stat
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import local
from typing import Any, cast

from babel import localedata
from flask import Flask, Response, request
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from letters.domain.documents import Findings
from letters.house import House, assemble
from letters.listening import listen
from letters.logs import write_json_lines
from letters.ports import DocumentInspector, Envelope, LetterStore, Sealed
from letters.records import Application, Letter
from letters.services.work import Works
from letters.serving import run
from letters.settings import Settings
from letters.web.gateway import Patience
from tests.chaos.heart import LAST_WORDS, STEP, Heart, replace_by_name
from tests.support.apps import moved_into, shared_app_on
from tests.support.houses import InProcessInspector

THREADS = 4
IMPATIENT = Patience(seconds=1.5, rate=8 * 1024)
"""As long as a test can wait for what takes half a minute in the service."""


class Step(StrEnum):
    """Where the process can die, in the order in which an upload comes by."""

    READ = "the body is read"
    INSPECTED = "inspected"
    HASHED = "hashed, and about to be sealed"
    SEALED = "sealed"
    WRITTEN = "the temporary file is written"
    SYNCED = "the temporary file is on the disk"
    RENAMED = "the file has its name"
    STORED = "the folder is on the disk too"
    ROW_ADDED = "the row is added"
    BEFORE_COMMIT = "before the commit"
    AFTER_COMMIT = "after the commit"
    BEFORE_ANSWER = "before the answer"


class Submission(StrEnum):
    """Where it can die while an application is submitted."""

    BEGUN = "about to be submitted"
    ROWS_ADDED = "the submission is in the rows"
    BEFORE_COMMIT = "before the submission's commit"
    AFTER_COMMIT = "after the submission's commit"
    BEFORE_ANSWER = "before the submission's answer"


COMMITTED: frozenset[str] = frozenset(
    {
        *(Step.AFTER_COMMIT, Step.BEFORE_ANSWER),
        *(Submission.AFTER_COMMIT, Submission.BEFORE_ANSWER),
    }
)
"""The steps after which what was sent is kept although nobody was told."""


DONE = frozenset({HTTPStatus.CREATED, HTTPStatus.SEE_OTHER})
ENDPOINTS: Mapping[str, str] = {
    "referee.upload": Step.BEFORE_ANSWER,
    "draft.submit": Submission.BEFORE_ANSWER,
    "api.create_application": Submission.BEFORE_ANSWER,
}

_here = local()
"""What the present thread does: `storing` while it is inside the store's put."""


def with_a_heart(app: Flask) -> Flask:
    """Give the application a house from the environment whose heart stops where that says."""
    write_json_lines()
    heart = Heart(os.environ[STEP], Path(os.environ[LAST_WORDS]))
    house = assemble(Settings.from_env())
    tools = replace(
        house.works.tools,
        store=_Store(house.works.tools.store, heart),
        envelope=_Envelope(house.works.tools.envelope, heart),
    )
    weak: House = replace(
        house,
        works=Works(house.database, tools),
        examiners=replace(house.examiners, inspector=_Inspector(_inspector_of(house), heart)),
    )
    _watch_the_disk(heart)
    _watch_the_session(heart)
    _watch_the_submission(heart)
    _watch_the_answer(app, heart)
    return moved_into(app, weak)


def _inspector_of(house: House) -> DocumentInspector:
    """Spare one that dies at a step the processes that read the files: no step is in them.

    All others have it, and may be killed while it looks.
    """
    return InProcessInspector(reads=True) if os.environ[STEP] else house.examiners.inspector


@dataclass(frozen=True)
class _Inspector:
    inner: DocumentInspector
    heart: Heart

    def inspect(self, content: bytes) -> Findings:
        self.heart.reach(Step.READ)
        findings = self.inner.inspect(content)
        self.heart.reach(Step.INSPECTED)
        return findings

    def picture(self, content: bytes) -> bytes | None:
        return self.inner.picture(content)


@dataclass(frozen=True)
class _Envelope:
    inner: Envelope
    heart: Heart

    def seal(self, plain: bytes, associated: bytes) -> Sealed:
        self.heart.reach(Step.HASHED)
        sealed = self.inner.seal(plain, associated)
        self.heart.reach(Step.SEALED)
        return sealed

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever else an envelope does
        return getattr(self.inner, name)


@dataclass(frozen=True)
class _Store:
    inner: LetterStore
    heart: Heart

    def put(self, name: str, content: bytes) -> None:
        _here.storing = True
        try:
            self.inner.put(name, content)
        finally:
            _here.storing = False
        self.heart.reach(Step.STORED)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever else a store does
        return getattr(self.inner, name)


def _watch_the_disk(heart: Heart) -> None:
    """The store's own steps are calls of the system, by which other threads come too."""

    def is_file(handle: int) -> bool:
        return getattr(_here, "storing", False) and stat.S_ISREG(os.fstat(handle).st_mode)

    def synced(handle: int) -> None:
        ours = is_file(handle)
        if ours:
            heart.reach(Step.WRITTEN)
        sync(handle)
        if ours:
            heart.reach(Step.SYNCED)

    def linked(source: str, final: str) -> None:
        link(source, final)
        heart.reach(Step.RENAMED)

    sync, link = os.fsync, os.link
    os.fsync, os.link = synced, linked  # type: ignore[assignment]  # the two calls as our store makes them


def _watch_the_session(heart: Heart) -> None:
    """Only transactions that have brought in a letter, or submitted an application."""

    def flushed(session: Session, _context: object) -> None:
        if any(isinstance(row, Letter) for row in session.new):
            session.info["steps"] = Step
            heart.reach(Step.ROW_ADDED)
        if any(map(_becomes_submitted, [*session.new, *session.dirty])):
            session.info["steps"] = Submission
            heart.reach(Submission.ROWS_ADDED)

    def reached(step: str) -> Callable[[Session], None]:
        def reach(session: Session) -> None:
            if "steps" in session.info:
                heart.reach(session.info["steps"][step])

        return reach

    event.listen(Session, "after_flush", flushed)
    event.listen(Session, "before_commit", reached("BEFORE_COMMIT"))
    event.listen(Session, "after_commit", reached("AFTER_COMMIT"))


def _becomes_submitted(row: object) -> bool:
    """Say of a row that is being written whether it is an application that is submitted by it."""
    if not isinstance(row, Application) or row.submitted_at is None:
        return False
    return bool(inspect(row).attrs.submitted_at.history.added)


def _watch_the_submission(heart: Heart) -> None:
    def wrap(submit: Callable[..., None]) -> Callable[..., None]:
        def submitted(*args: object) -> None:
            heart.reach(Submission.BEGUN)
            submit(*args)

        return submitted

    replace_by_name("letters.services.applying:submit_draft", wrap)


def _watch_the_answer(app: Flask, heart: Heart) -> None:
    unknown = ENDPOINTS.keys() - app.view_functions.keys()
    if unknown:
        raise LookupError(unknown)

    @app.after_request
    def answering(response: Response) -> Response:
        step = ENDPOINTS.get(request.endpoint or "")
        if step is not None and response.status_code in DONE:
            heart.reach(step)
        return response


def serve_whenever_asked(line: Connection) -> None:
    """Serve once for each message on the line: the port, the environment, and the file to log to.

    Each server is told of twice: its process id, and its exit status in the end. It has what this
    process has, so that it is up at once: the application without its house, and the templates
    that others compiled. It ends with whoever holds the other end of the line.
    """
    path = os.environ["PATH"]
    os.environ.clear()
    os.environ["PATH"] = path
    localedata.load("en")
    with tempfile.TemporaryDirectory() as folder, suppress(EOFError, BrokenPipeError):
        compiled = FileSystemBytecodeCache(folder)
        while True:
            life = line.recv()
            app = shared_app_on(assemble(Settings.from_env(life["environment"])))
            app.jinja_env.bytecode_cache = compiled
            gc.freeze()  # or each server would look through all of it, and have a copy of its own
            _serve_once(line, {"app": app, **life})


def _serve_once(line: Connection, life: Mapping[str, Any]) -> None:
    running = get_context("fork").Process(target=_serve, kwargs=life)
    running.start()
    line.send(running.pid)
    ready = wait([line, running.sentinel])
    if running.sentinel not in ready:
        os.killpg(cast("int", running.pid), signal.SIGKILL)
    running.join()
    line.send(running.exitcode)


def _serve(app: Flask, port: int, environment: Mapping[str, str], log: Path) -> None:
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, sys.stdout.fileno())
    os.dup2(output, sys.stderr.fileno())
    os.environ.update(environment)
    tempfile.tempdir = None  # the choice of the process it comes from, which has another TMPDIR

    def made() -> Flask:
        return with_a_heart(app)

    run(listen("127.0.0.1", port), THREADS, made, IMPATIENT)
