"""All letters of a program as one ZIP, held against `tar` of the same bytes, and against less.

Fills a fresh SQLite database and a local store with letters of ten megabytes that do not compress,
and exports them in a process of their own into nothing. Prints megabytes a second beside those of
`tar` over the same letters in plain files, in the same run, and the memory that the process had at
most, for a tenth of the letters and for all. It fails when all of them need more than MEMORY_LIMIT
times the memory of a tenth. `python -m benchmarks.exports 2000` measures 2,000 MB; `make bench` a
tenth of that.
"""

import hashlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import which

from letters.domain.documents import Findings
from letters.house import House
from letters.migrating import upgrade
from letters.services import exporting, finding, receiving, requesting
from letters.services.inspecting import Upload
from tests.services.scenes import COORDINATOR, apply_many
from tests.support.clock import TestClock
from tests.support.houses import house_on, settings_for
from tests.support.people import MIRA, REFEREE, START, SYSTEM, Story, tell

MEGABYTE = 1_000_000
LETTER = 10 * MEGABYTE
REFEREES = 2
SIZE = 200
MEMORY_LIMIT = 1.2
"""One letter is in memory at a time, however many there are."""


@dataclass(frozen=True)
class Figure:
    """One export: how many megabytes, how fast, and the most memory in MiB."""

    size: int
    seconds: float
    memory: float

    @property
    def rate(self) -> float:
        """Megabytes a second."""
        return self.size / self.seconds


def fill(url: str, folder: Path, plain: Path, size: int) -> None:
    """Store `size` megabytes of letters, and the same in plain files."""
    upgrade(url)
    plain.mkdir()
    with house_on(settings_for(url, folder), TestClock(START)) as house:
        story = tell(house)
        new = replace(MIRA, referees=MIRA.referees[:REFEREES])
        count = size * MEGABYTE // LETTER // REFEREES
        for application_id in apply_many(story, count, new):
            with house.works.change(COORDINATOR) as work:
                requesting.select(work, application_id)
            for position in range(1, REFEREES + 1):
                content = os.urandom(LETTER)
                (plain / f"{application_id}-{position}.pdf").write_bytes(content)
                _send(house, story.upload_token(application_id, position), content)


def _send(house: House, token: str, content: bytes) -> None:
    """Send a letter past the inspection, which would find no PDF."""
    sha256 = hashlib.sha256(content).hexdigest()
    letter = Upload(content, "Letter.pdf", sha256, Findings(pages=1))
    with house.works.change(REFEREE) as work:
        receiving.receive(work, token, letter)


def export(url: str, folder: Path) -> None:
    """Export in this process, and print the bytes, the seconds and the most memory in KiB."""
    with house_on(settings_for(url, folder), TestClock(START)) as house:
        story = Story(house, "alpine-summer")
        with house.works.look(SYSTEM) as work:
            program_id = finding.program_by_slug(work, story.slug).id
        began = time.perf_counter()
        size = sum(map(len, exporting.archive(house.works, SYSTEM, program_id)))
        seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sys.stdout.write(f"{size} {seconds} {memory}\n")


def measure(folder: Path, size: int) -> tuple[Figure, float]:
    """Return what an export of `size` megabytes took, and how many seconds `tar` did."""
    url, plain = f"sqlite:///{folder / str(size)}.db", folder / f"plain-{size}"
    fill(url, folder / str(size), plain, size)
    command = [sys.executable, "-m", "benchmarks.exports", url, str(folder / str(size))]
    said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 -- ourselves
    written, seconds, memory = said.stdout.split()
    figure = Figure(int(written) // MEGABYTE, float(seconds), int(memory) / 1024)
    tar = which("tar")
    assert tar is not None, "tar is not on this machine"  # noqa: S101 -- a benchmark says what it lacks
    began = time.perf_counter()
    packed = subprocess.Popen([tar, "-C", str(plain), "-cf", "-", "."], stdout=subprocess.PIPE)  # noqa: S603 -- as above
    assert packed.stdout is not None  # noqa: S101 -- it is a pipe
    while packed.stdout.read(exporting.CHUNK):
        pass
    packed.wait()
    return figure, time.perf_counter() - began


def main() -> None:
    """Measure, print, and exit with 1 when a limit is exceeded."""
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        small, _ = measure(Path(folder), size // 10)
        figure, tar = measure(Path(folder), size)
    sys.stdout.write(
        f"ZIP of {figure.size} MB: {figure.rate:.0f} MB/s, tar {figure.size / tar:.0f} MB/s "
        f"(ratio {tar / figure.seconds:.2f}); {figure.memory:.0f} MiB of memory at most, "
        f"{small.memory:.0f} MiB for {small.size} MB\n"
    )
    sys.exit(0 if figure.memory <= small.memory * MEMORY_LIMIT else 1)


if __name__ == "__main__":
    if len(sys.argv) == 3:  # noqa: PLR2004 -- the address of a database, and the folder of a store
        export(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
