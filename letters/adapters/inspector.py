"""Looks into an uploaded PDF, in a process that can harm nothing but itself.

A file from a stranger may be made to use up memory or time, or to trip the parser up. So a child
process reads it, under limits that it sets on itself before it touches the content, and what it
answers is believed only as far as it has the expected form.

Run as a module, this file is that child: the content comes on standard input, the findings leave as
JSON on standard output.
"""

import json
import logging
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore, Timer
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, cast

from letters.domain.documents import MEGABYTE, UNCHECKED, Findings

if TYPE_CHECKING:
    from pikepdf import Dictionary, Pdf

_log = logging.getLogger(__name__)

HEADER = b"%PDF-"
NOT_PDF = Findings(is_pdf=False)
LONGEST_ANSWER = 4096
OPEN_FILES = 32

SCRIPTS = "scripts"
LAUNCH = "launch actions"
EMBEDDED = "embedded files"
SUBMITTING = "forms that submit"
MULTIMEDIA = "multimedia"
DYNAMIC = "dynamic forms"
KINDS = (SCRIPTS, LAUNCH, EMBEDDED, SUBMITTING, MULTIMEDIA, DYNAMIC)
"""Every kind of active content there can be in an answer."""

# --- the parent ------------------------------------------------------------------------------


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
        try:
            with self._turns, self._child() as child:
                return _findings(_exchange(child, content))
        except OSError:
            return UNCHECKED

    @contextmanager
    def _child(self) -> Iterator["subprocess.Popen[bytes]"]:
        with subprocess.Popen(  # noqa: S603 -- our own interpreter and our own module
            [sys.executable, "-BP", "-m", __name__, str(self._seconds), str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
            cwd="/",
            start_new_session=True,
        ) as child:
            watch = Timer(self._seconds, _kill, [child])
            watch.start()
            try:
                yield child
            finally:
                watch.cancel()
                watch.join()
                _kill(child)


def _exchange(child: "subprocess.Popen[bytes]", content: bytes) -> bytes:
    """Hand the content over and return the answer, or the beginning of one that is too long."""
    with cast("IO[bytes]", child.stdin) as entrance:
        entrance.write(content)
    return cast("IO[bytes]", child.stdout).read(LONGEST_ANSWER + 1)


def _kill(child: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


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


# --- the child -------------------------------------------------------------------------------

_ACTIONS: Mapping[bytes, str] = MappingProxyType(
    {
        b"/JavaScript": SCRIPTS,
        b"/Launch": LAUNCH,
        b"/SubmitForm": SUBMITTING,
        b"/ImportData": SUBMITTING,
        b"/Rendition": MULTIMEDIA,
        b"/Movie": MULTIMEDIA,
        b"/Sound": MULTIMEDIA,
        b"/RichMediaExecute": MULTIMEDIA,
        b"/GoTo3DView": MULTIMEDIA,
    }
)
_ANNOTATIONS: Mapping[bytes, str] = MappingProxyType(
    {
        b"/FileAttachment": EMBEDDED,
        b"/Movie": MULTIMEDIA,
        b"/Sound": MULTIMEDIA,
        b"/RichMedia": MULTIMEDIA,
        b"/3D": MULTIMEDIA,
    }
)
_HARMLESS = (
    "reported number of objects",
    "duplicated key",
    "extraneous whitespace",
    "stray #",
    "/Type key should be",
    "Resources is missing",
    "MediaBox is undefined",
    "a common error handled correctly",
)
"""Warnings about files that were written carelessly but are whole."""

END_MARK = b"%%EOF"
FARTHEST_END_MARK = 1024
"""Readers look for the end mark among that many last bytes; some mailers append a few."""


def examine(content: bytes) -> Findings:
    """Return what is in a file. Without limits of its own: a stranger's file needs a child process.

    Ordinary links and plain fillable forms are not active content.
    """
    if not content.startswith(HEADER):
        return NOT_PDF
    import pikepdf  # noqa: PLC0415 -- only the child needs it, and only under its limits

    try:
        with pikepdf.Pdf.open(BytesIO(content), conversion_mode="explicit") as pdf:
            if pdf.is_encrypted:
                return Findings(encrypted=True)
            return Findings(
                damaged=_is_cut_off(content) or _is_repaired(pdf),
                pages=len(pdf.pages),
                active=_active_content(pdf),
            )
    except pikepdf.PasswordError:
        return Findings(encrypted=True)
    except (pikepdf.PikepdfError, ValueError) as error:
        return Findings(encrypted="encryption" in str(error), damaged=True)


def _is_cut_off(content: bytes) -> bool:
    """Tell whether the end mark is missing, or an update that followed it was broken off."""
    tail = content[-FARTHEST_END_MARK:]
    end = tail.rfind(END_MARK)
    return end < 0 or b" obj" in tail[end:]


def _is_repaired(pdf: "Pdf") -> bool:
    return any(
        not any(harmless in warning for harmless in _HARMLESS) for warning in pdf.check_pdf_syntax()
    )


def _active_content(pdf: "Pdf") -> tuple[str, ...]:
    found = {kind for entries in _dictionaries(pdf) for kind in _kinds(entries)}
    return tuple(kind for kind in KINDS if kind in found)


def _dictionaries(pdf: "Pdf") -> Iterator["Dictionary"]:
    """Yield every dictionary in the file once, those inside other objects too."""
    from pikepdf import Array, Dictionary, Object, Stream  # noqa: PLC0415 -- as in examine

    pending: list[object] = [pdf.trailer, *pdf.objects]
    while pending:
        here = pending.pop()
        if isinstance(here, Stream):
            here = here.stream_dict
        if isinstance(here, Dictionary):
            yield here
        if isinstance(here, Dictionary | Array):
            inside: Iterable[object] = here.values() if isinstance(here, Dictionary) else here
            pending.extend(x for x in inside if isinstance(x, Object) and not x.is_indirect)


def _kinds(entries: "Dictionary") -> Iterator[str]:
    """Yield the kinds of active content that one dictionary amounts to."""
    from pikepdf import Dictionary, Stream, String  # noqa: PLC0415 -- as in examine

    yield from _named(entries, "/S", _ACTIONS)
    yield from _named(entries, "/Subtype", _ANNOTATIONS)
    if isinstance(entries.get("/JS"), String | Stream):
        yield SCRIPTS
    if _holds_actions(entries.get("/AA")):
        yield SCRIPTS
    if isinstance(entries.get("/EF"), Dictionary):
        yield EMBEDDED
    if "/XFA" in entries:
        yield DYNAMIC


def _named(entries: "Dictionary", key: str, kinds: Mapping[bytes, str]) -> Iterator[str]:
    from pikepdf import Name  # noqa: PLC0415 -- as in examine

    value = entries.get(key)
    # Not str(), which fails for names that are not UTF-8; `#` escapes are resolved by now.
    if isinstance(value, Name) and value.unparse() in kinds:
        yield kinds[value.unparse()]


def _holds_actions(additional: object) -> bool:
    """Tell an additional-actions dictionary from, say, a font that was named `AA`."""
    from pikepdf import Dictionary  # noqa: PLC0415 -- as in examine

    return isinstance(additional, Dictionary) and any(
        isinstance(action, Dictionary) and "/S" in action for action in additional.values()
    )


def _limit_this_process(seconds: float, memory: int) -> None:
    processor = math.ceil(seconds)
    for kind, amount in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        _, ceiling = resource.getrlimit(kind)
        allowed = amount if ceiling == resource.RLIM_INFINITY else min(amount, ceiling)
        resource.setrlimit(kind, (allowed, allowed))


def _main() -> None:
    seconds, memory = sys.argv[1:]
    _limit_this_process(float(seconds), int(memory))
    findings = examine(sys.stdin.buffer.read())
    sys.stdout.write(json.dumps(asdict(findings)))


if __name__ == "__main__":
    _main()
