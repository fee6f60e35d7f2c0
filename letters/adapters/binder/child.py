"""The child: opens the letters, says how many pages each has, and binds them below the cover.

It is told all names in one line of JSON, answers with one line, and waits for a line that says that
the cover is drawn. All files lie in one folder, and the packet is written there.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from pikepdf import AccessMode, Job, Name, OutlineItem, Pdf, PdfError, StreamDecodeLevel

from letters.adapters.binder.files import COVER, JOINED, PACKET
from letters.children import limit_this_process


def main() -> None:
    """Limit this process, then do what standard input says.

    The arguments are the limits: seconds, bytes of memory, bytes of a file.
    """
    seconds, memory, largest = sys.argv[1:]
    limit_this_process(float(seconds), int(memory), largest_file=int(largest))
    bind(json.loads(sys.stdin.readline()))


def bind(told: Mapping[str, Any]) -> None:
    """Bind the letters; `told` has the folder, the title, and the letters' files and names."""
    folder = Path(told["folder"])
    letters = [folder / name for name in told["letters"]]
    pages = [_pages(letter) for letter in letters]
    sys.stdout.write(json.dumps(pages) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()
    _join(folder, [letter for letter, count in zip(letters, pages, strict=True) if count])
    names = [name for name, count in zip(told["names"], pages, strict=True) if count]
    counts = [_pages(folder / COVER) or 0, *(count for count in pages if count)]
    with Pdf.open(folder / JOINED, access_mode=AccessMode.stream) as packet:
        with packet.open_outline() as outline:
            begins = accumulate(counts, initial=0)
            # The page after the last begins nothing.
            for name, page in zip([told["cover"], *names], begins, strict=False):
                outline.root.append(OutlineItem(name, page))
        packet.docinfo[Name.Title] = told["title"]
        packet.save(folder / PACKET, stream_decode_level=StreamDecodeLevel.none)


def _pages(path: Path) -> int | None:
    """Return how many pages a file has; None if it cannot be bound.

    It is read piece by piece, since a file that is mapped counts against the limit on memory.
    """
    try:
        with Pdf.open(path, access_mode=AccessMode.stream) as pdf:
            return len(pdf.pages) or None
    except (PdfError, ValueError):
        return None


def _join(folder: Path, letters: Sequence[Path]) -> None:
    """Put cover and letters into one file, stream after stream: no two letters are in memory.

    Streams stay as they are, since nothing is gained by compressing them again.
    """
    cover = str(folder / COVER)
    files = [cover, *map(str, letters)]
    how = ["--warning-exit-0", "--decode-level=none"]
    Job(["qpdf", *how, cover, "--pages", *files, "--", str(folder / JOINED)]).run()


if __name__ == "__main__":
    main()
