"""The parent: has each file read by a child process, and weighs what the child answers."""

import json
import logging
import subprocess
from threading import BoundedSemaphore
from typing import IO, cast

from letters.adapters.inspector.examination import HEADER, NOT_PDF
from letters.adapters.inspector.kinds import KINDS
from letters.children import own_module, running
from letters.domain.documents import MEGABYTE, UNCHECKED, Findings

_log = logging.getLogger(__name__)

CHILD = "letters.adapters.inspector.child"
LONGEST_ANSWER = 4096


class SubprocessInspector:
    """A DocumentInspector that has each file read by a short-lived child process.

    `seconds` bounds the child's processor time and, separately, the time on the clock; `memory` is
    its address space in bytes; `at_once` is how many children may run at the same time in this
    process, the others wait their turn.
    """

    def __init__(
        self, *, seconds: float = 10, memory: int = 512 * MEGABYTE, at_once: int = 4
    ) -> None:
        self._seconds = seconds
        self._memory = memory
        self._turns = BoundedSemaphore(at_once)

    def inspect(self, content: bytes) -> Findings:
        """Return what was found; UNCHECKED when a limit was exceeded or the child failed.

        The latter is logged, since an inspector that never works would otherwise go unnoticed.
        """
        if not content.startswith(HEADER):
            return NOT_PDF
        findings = self._ask_a_child(content)
        if not findings.checked:
            _log.warning("an uploaded file of %d bytes could not be inspected", len(content))
        return findings

    def _ask_a_child(self, content: bytes) -> Findings:
        command = own_module(CHILD, str(self._seconds), str(self._memory))
        try:
            with self._turns, running(command, self._seconds) as child:
                return _findings(_exchange(child, content))
        except OSError:
            return UNCHECKED


def _exchange(child: "subprocess.Popen[bytes]", content: bytes) -> bytes:
    """Hand the content over and return the answer, or the beginning of one that is too long."""
    with cast("IO[bytes]", child.stdin) as entrance:
        entrance.write(content)
    return cast("IO[bytes]", child.stdout).read(LONGEST_ANSWER + 1)


def _findings(answer: bytes) -> Findings:
    if len(answer) > LONGEST_ANSWER:
        return UNCHECKED
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return UNCHECKED
    match said:
        case {
            "encrypted": bool(encrypted),
            "damaged": bool(damaged),
            "pages": int() | None as pages,
            "active": [*active],
        } if all(kind in KINDS for kind in active):
            return Findings(encrypted=encrypted, damaged=damaged, pages=pages, active=tuple(active))
    return UNCHECKED
