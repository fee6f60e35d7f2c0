"""A file that a referee may send, what comes of it, and the table of such files."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from letters.domain.errors import (
    ActiveContent,
    DamagedPdf,
    EmptyFile,
    EncryptedPdf,
    ForeignFile,
    LetterRefused,
    NotPdf,
    TooLarge,
    WordFile,
)

Make = Callable[[], bytes]
Named = dict[str, Make]

BEGIN, END = "<!-- files: begin -->\n", "<!-- files: end -->\n"
"""Between these stands the table; the rest of the page is written by hand."""

_VERDICTS: dict[type[LetterRefused], str] = {
    EmptyFile: "refused as empty",
    TooLarge: "refused as too large",
    NotPdf: "refused as no PDF",
    WordFile: "refused as Word, to be saved as PDF",
    ForeignFile: "refused as more than a PDF",
    EncryptedPdf: "refused as protected",
    DamagedPdf: "refused as damaged",
    ActiveContent: "refused for active content",
}


@dataclass(frozen=True)
class File:
    """One file; `refused` says how, None if it is taken.

    `kinds` is the active content that is named. A `hostile` file needs a process with small limits;
    it is taken unchecked unless it is refused.
    """

    name: str
    make: Make
    refused: type[LetterRefused] | None
    kinds: str = ""
    hostile: bool = False

    @property
    def verdict(self) -> str:
        """What the table says of it."""
        if self.refused is not None:
            return _VERDICTS[self.refused] + (f": {self.kinds}" if self.kinds else "")
        return "taken, marked as unchecked" if self.hostile else "taken"


def with_table(page: str, files: Sequence[File]) -> str:
    """Return a page of the documentation with the table of `files` in its place."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    rows = "".join(f"| {file.name} | {file.verdict} |\n" for file in files)
    heading = f"{len(files)} files that were tried.\n\n| file | what comes of it |\n|---|---|\n"
    return f"{before}{BEGIN}{heading}{rows}{END}{after}"
