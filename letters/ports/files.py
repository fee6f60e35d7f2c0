"""Strangers' files: looked into, converted, drawn anew, scanned, and bound into one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from letters.domain.documents import Findings, Verdict
from letters.domain.packet import Missing, Packet
from letters.domain.pictures import PictureFault


class DocumentInspector(Protocol):
    """Looks into an uploaded file, in a process with limits of its own."""

    def inspect(self, content: bytes) -> Findings:
        """Return what was found; limits that were exceeded are a finding, not an error."""
        ...

    def picture(self, content: bytes) -> bytes | None:
        """Return the first page of an inspected file as PNG, about 800 dots wide.

        None if it cannot be drawn within the limits.
        """
        ...


class DocumentConverter(Protocol):
    """Turns a word processor's file into a PDF, in a process with limits of its own."""

    @property
    def available(self) -> bool:
        """Whether there is a program on this machine that can."""
        ...

    def to_pdf(self, content: bytes) -> bytes | None:
        """Return a Word file as PDF, which is yet to be inspected like any other.

        None if it is no Word file or cannot be converted within the limits.
        """
        ...


class PictureRedrawer(Protocol):
    """Draws pictures anew, in a process with limits of its own."""

    def redraw(self, content: bytes) -> bytes | PictureFault:
        """Return a picture as a small PNG without anything but its dots, or what is wrong."""
        ...


class PacketBinder(Protocol):
    """Binds the letters of one application into one PDF."""

    def bind(
        self, packet: Packet, letters: Sequence[Path | Missing | None], into: Path, locale: str
    ) -> None:
        """Write a PDF to `into`: the cover sheet, then the letters in order, with bookmarks.

        `letters` are in the order of the referees: a file, why there is none, or None where none
        was received. Raises PacketNotMade.
        """
        ...


class VirusScanner(Protocol):
    """Looks for known viruses in an uploaded file."""

    def scan(self, content: bytes) -> Verdict:
        """Return the verdict, within seconds; a file that was not scanned is UNREACHABLE."""
        ...

    def check(self) -> None:
        """Scan a few harmless bytes. Raises ScannerUnavailable with the reason."""
        ...
