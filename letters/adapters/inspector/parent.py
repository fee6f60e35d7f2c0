"""The parent: has each file read by a child process, and weighs what the child answers."""

import json
import logging
import subprocess
from dataclasses import replace
from threading import BoundedSemaphore
from typing import IO, cast

from letters.adapters.inspector.examination import first_sight
from letters.adapters.inspector.kinds import DRAW, INSPECT, KINDS
from letters.adapters.inspector.picture import LARGEST_PICTURE, is_picture
from letters.adapters.inspector.text import MOST_PAGES
from letters.children import own_module, running
from letters.domain.documents import (
    LOOKED_AT,
    MEGABYTE,
    UNCHECKED,
    Findings,
    PageText,
    refusal,
)

_log = logging.getLogger(__name__)

CHILD = "letters.adapters.inspector.child"
LONGEST_ANSWER = 6 * LOOKED_AT + 64 * MOST_PAGES + 8192
"""The bytes of all text as JSON writes it at worst, of what stands around it, of the findings."""


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
        """Return what was found, not `checked` when a limit was exceeded or the child failed.

        The latter is logged, since an inspector that never works would otherwise go unnoticed. A
        limit that was hit while the text was read leaves the findings as they are, without texts.
        """
        obvious = first_sight(content)
        if obvious is not None:
            return obvious
        findings = _weighed(self._ask_a_child(INSPECT, content, LONGEST_ANSWER))
        if not findings.checked:
            _log.warning("an uploaded file of %d bytes could not be inspected", len(content))
        elif not findings.texts and refusal(findings) is None:
            _log.warning("the text of an uploaded file of %d bytes was not read", len(content))
        return findings

    def picture(self, content: bytes) -> bytes | None:
        """Return the first page as PNG, at most 800 by 1200 dots; None if the limits forbid it.

        Ask only for files that were inspected.
        """
        answer = self._ask_a_child(DRAW, content, LARGEST_PICTURE)
        return answer if is_picture(answer) else None

    def _ask_a_child(self, task: str, content: bytes, longest: int) -> bytes:
        """Return what a child answers, at most a byte too long; nothing if it fails."""
        command = own_module(CHILD, task, str(self._seconds), str(self._memory))
        try:
            with self._turns, running(command, self._seconds) as child:
                return _exchange(child, content, longest + 1)
        except OSError:
            return b""


def _exchange(child: "subprocess.Popen[bytes]", content: bytes, longest: int) -> bytes:
    with cast("IO[bytes]", child.stdin) as entrance:
        entrance.write(content)
    return cast("IO[bytes]", child.stdout).read(longest)


def _weighed(answer: bytes) -> Findings:
    """Return what the lines amount to, up to the first that has not the expected form."""
    found = UNCHECKED
    for line in answer.splitlines():
        more = _understood(line, found)
        if more is None:
            break
        found = more
    return found


def _understood(line: bytes, found: Findings) -> Findings | None:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match said:
        case {
            "checked": bool(checked),
            "encrypted": bool(encrypted),
            "damaged": bool(damaged),
            "foreign": bool(foreign),
            "pages": int() | None as pages,
            "active": [*active],
        } if all(kind in KINDS for kind in active):
            return Findings(
                checked=checked,
                encrypted=encrypted,
                damaged=damaged,
                foreign=foreign,
                pages=pages,
                active=tuple(active),
            )
        case {"texts": [*texts]} if all(map(_is_page, texts)):
            return replace(found, texts=tuple(PageText(text, blank) for text, blank in texts))
    return None


def _is_page(said: object) -> bool:
    match said:
        case [str(), bool()]:
            return True
    return False
