"""The parent: draws the cover, and has a child process open the letters and bind them."""

import json
import logging
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Any, cast

from letters.adapters.binder.files import COVER, PACKET
from letters.adapters.binder.sheet import draw
from letters.adapters.binder.words import CoverWords
from letters.children import own_module, running
from letters.domain.documents import MEGABYTE
from letters.domain.errors import PacketNotMade
from letters.domain.packet import Missing, Packet

_log = logging.getLogger(__name__)

CHILD = "letters.adapters.binder.child"
BESIDE_THE_LETTERS = 16 * MEGABYTE
"""What the cover, and the joints between the letters, may add to the size of a packet."""

LONGEST_LINE = 4096


class SheetBinder:
    """A PacketBinder that has letters opened by a short-lived child process only.

    `seconds` bounds the child's processor time and, separately, the time on the clock; `memory` is
    its address space in bytes; `at_once` is how many may run at the same time in this process.
    """

    def __init__(
        self,
        templates: Path,
        translations: Path,
        *,
        seconds: float = 120,
        memory: int = 1024 * MEGABYTE,
        at_once: int = 2,
    ) -> None:
        self._template = templates / "packet" / "cover.typ"
        self._translations = translations
        self._seconds = seconds
        self._memory = memory
        self._turns = BoundedSemaphore(at_once)

    def bind(
        self, packet: Packet, letters: Sequence[Path | Missing | None], into: Path, locale: str
    ) -> None:
        """Write the packet to `into`, whose folder holds the letters. Raises PacketNotMade.

        The folder is private to this packet: cover and packet are put there on the way.
        """
        words = CoverWords(packet, locale, self._translations)
        files = [letter for letter in letters if isinstance(letter, Path)]
        largest = sum(file.stat().st_size for file in files) + BESIDE_THE_LETTERS
        command = own_module(CHILD, str(self._seconds), str(self._memory), str(largest))
        told = {
            "folder": str(into.parent),
            "letters": [file.name for file in files],
            "names": [
                referee.name
                for referee, letter in zip(packet.referees, letters, strict=True)
                if isinstance(letter, Path)
            ],
            "title": words.title,
            "cover": words.cover,
        }
        try:
            with self._turns, running(command, self._seconds) as child:
                counts = _asked(child, told, len(files))
                missing, pages = _in_place(letters, counts)
                draw(
                    words.sheet(missing, pages), self._template, into.parent / COVER, packet.made_at
                )
                _go_on(child)
        except (OSError, ValueError, RuntimeError) as error:
            _log.warning("%d letters could not be bound: %s", len(files), type(error).__name__)
            raise PacketNotMade from error
        shutil.move(into.parent / PACKET, into)


def _asked(
    child: "subprocess.Popen[bytes]", told: Mapping[str, Any], letters: int
) -> list[int | None]:
    """Return how many pages each letter has, None for one that cannot be bound.

    Raises ValueError for an answer that has not the expected form, OSError for none.
    """
    entrance = cast("IO[bytes]", child.stdin)
    entrance.write(json.dumps(told).encode("ascii") + b"\n")
    entrance.flush()
    counts = json.loads(cast("IO[bytes]", child.stdout).readline(LONGEST_LINE))
    match counts:
        case [*counts] if len(counts) == letters and all(map(_is_count, counts)):
            return counts
    message = "the child did not say how many pages there are"
    raise ValueError(message)


def _is_count(said: object) -> bool:
    return said is None or (isinstance(said, int) and said > 0)


def _in_place(
    letters: Sequence[Path | Missing | None], counts: Sequence[int | None]
) -> tuple[list[Missing | None], list[int | None]]:
    """Return for each referee why the letter is missing, and how many pages it takes."""
    missing: list[Missing | None] = []
    pages: list[int | None] = []
    counted = iter(counts)
    for letter in letters:
        count = next(counted) if isinstance(letter, Path) else None
        pages.append(count)
        if isinstance(letter, Path):
            missing.append(None if count else Missing.NOT_BOUND)
        else:
            missing.append(letter)
    return missing, pages


def _go_on(child: "subprocess.Popen[bytes]") -> None:
    """Let the child bind all of it. Raises OSError if it fails."""
    with cast("IO[bytes]", child.stdin) as entrance:
        entrance.write(b"\n")
    if child.wait() != 0:
        message = "the child ended without a packet"
        raise OSError(message)
