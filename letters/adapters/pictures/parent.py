"""The parent: has each picture drawn by a child process, and weighs what the child answers."""

import logging
from threading import BoundedSemaphore
from typing import IO, cast

from letters.adapters.pictures.redrawing import LARGEST_PICTURE, PNG
from letters.children import own_module, running
from letters.domain.documents import MEGABYTE
from letters.domain.pictures import PictureFault, picture_kind

_log = logging.getLogger(__name__)

CHILD = "letters.adapters.pictures.child"


class SubprocessRedrawer:
    """A PictureRedrawer that has each picture drawn by a short-lived child process.

    `seconds` bounds the child's processor time and, separately, the time on the clock; `memory` is
    its address space in bytes; `at_once` is how many may run at the same time in this process.
    """

    def __init__(
        self, *, seconds: float = 10, memory: int = 512 * MEGABYTE, at_once: int = 2
    ) -> None:
        self._limits = (str(seconds), str(memory))
        self._seconds = seconds
        self._turns = BoundedSemaphore(at_once)

    def redraw(self, content: bytes) -> bytes | PictureFault:
        """Return the picture as a small PNG, or what is wrong with it.

        A picture on which the child hits its limits is damaged, and that is logged.
        """
        if picture_kind(content) is None:
            return PictureFault.NOT_TAKEN
        answer = self._ask_a_child(content)
        if answer.startswith(PNG) and len(answer) <= LARGEST_PICTURE:
            return answer
        try:
            return PictureFault(answer.decode("ascii", "replace"))
        except ValueError:
            _log.warning("a picture of %d bytes could not be drawn", len(content))
            return PictureFault.DAMAGED

    def _ask_a_child(self, content: bytes) -> bytes:
        """Return what a child answers, at most a byte too long; nothing if it fails."""
        command = own_module(CHILD, *self._limits)
        try:
            with self._turns, running(command, self._seconds) as child:
                with cast("IO[bytes]", child.stdin) as entrance:
                    entrance.write(content)
                return cast("IO[bytes]", child.stdout).read(LARGEST_PICTURE + 1)
        except OSError:
            return b""
