"""Turns Word files into PDF, by LibreOffice in a process that can harm nothing but itself.

LibreOffice reads a stranger's file, so it gets a folder and a profile of its own, both removed
afterwards, limits on time, memory and the size of files, macros switched off, and no network where
the system lets us take it away. It may only use the reader for the kind that the file seems to be.

Run as a module, this file is the child: it limits itself, then becomes LibreOffice.
"""

import logging
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import BoundedSemaphore
from typing import IO, cast

from letters.children import limit_this_process, own_module, running
from letters.domain.documents import MEGABYTE, OLD_WORD, FileKind, kind_of

_log = logging.getLogger(__name__)

PROGRAM = "soffice"
LARGEST_RESULT = 64 * MEGABYTE

_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""No macros at all, nothing fetched from elsewhere, and no links brought up to date."""


class OfficeConverter:
    """A DocumentConverter that has each file converted by a LibreOffice of its own.

    `seconds` bounds its processor time and, separately, the time on the clock; `memory` is its
    address space in bytes; `at_once` is how many may run at the same time in this process.
    """

    def __init__(
        self, *, seconds: float = 60, memory: int = 2048 * MEGABYTE, at_once: int = 1
    ) -> None:
        self._program = shutil.which(PROGRAM)
        self._seconds = seconds
        self._memory = memory
        self._turns = BoundedSemaphore(at_once)

    @property
    def available(self) -> bool:
        """Whether LibreOffice was found when the service started."""
        return self._program is not None

    def to_pdf(self, content: bytes) -> bytes | None:
        """Return a Word file as PDF; None if it is none, or cannot be converted in the limits.

        The latter is logged, since a converter that never works would otherwise go unnoticed.
        """
        if self._program is None or kind_of(content) is not FileKind.WORD:
            return None
        with TemporaryDirectory(prefix="letters-", ignore_cleanup_errors=True) as name:
            result = self._converted(self._program, Path(name), content)
        if result is None:
            _log.warning("a Word file of %d bytes could not be converted", len(content))
        return result

    def _converted(self, program: str, folder: Path, content: bytes) -> bytes | None:
        ending, reader = _reader_for(content)
        (folder / f"letter{ending}").write_bytes(content)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        limits = (str(self._seconds), str(self._memory))
        child = own_module(__name__, program, str(folder), f"letter{ending}", reader, *limits)
        try:
            with self._turns, running([*_without_network(), *child], self._seconds) as office:
                succeeded = _succeeds(office)
        except OSError:
            return None
        return _read(folder / "letter.pdf") if succeeded else None


def _reader_for(content: bytes) -> tuple[str, str]:
    if content.startswith(OLD_WORD):
        return ".doc", "MS Word 97"
    return ".docx", "MS Word 2007 XML"


@cache
def _without_network() -> tuple[str, ...]:
    """Return what to put before a command to take its network away; nothing if it is forbidden."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    before = (unshare, "--map-root-user", "--net")
    tried = subprocess.run(  # noqa: S603 -- the system's own program, without a shell
        [*before, sys.executable, "-c", ""], check=False, capture_output=True
    )
    return before if tried.returncode == 0 else ()


def _succeeds(office: "subprocess.Popen[bytes]") -> bool:
    cast("IO[bytes]", office.stdin).close()
    return office.wait() == 0


def _read(path: Path) -> bytes | None:
    """Return what was written there, unless it is something else than a file of modest size."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            content = file.read(LARGEST_RESULT + 1)
    except OSError:
        return None
    is_result = kind_of(content) is FileKind.PDF and len(content) <= LARGEST_RESULT
    return content if is_result else None


def _main() -> None:
    program, folder, name, reader, seconds, memory = sys.argv[1:]
    os.chdir(folder)
    environment = {"HOME": folder, "TMPDIR": folder, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    command = [
        program,
        f"-env:UserInstallation={Path(folder, 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        f"--infilter={reader}",
        "--convert-to",
        "pdf",
        "--outdir",
        folder,
        str(Path(folder, name)),
    ]
    limit_this_process(float(seconds), int(memory), largest_file=LARGEST_RESULT, starts_others=True)
    os.execve(program, command, environment)  # noqa: S606 -- found by its name, without a shell


if __name__ == "__main__":
    _main()
