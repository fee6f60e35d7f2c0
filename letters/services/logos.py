"""A program's logo: set, replaced and removed by who manages it, and shown to everybody."""

import hashlib

from letters.domain.journal import Fact
from letters.domain.pictures import PictureFault, picture_refusal
from letters.ports import PictureRedrawer
from letters.records import Logo, Program
from letters.services import finding
from letters.services.happening import happened_to_program
from letters.services.work import Work


def drawn_anew(redrawer: PictureRedrawer, content: bytes) -> bytes:
    """Return a picture as it is kept. No database is involved. Raises PictureRefused."""
    answer = redrawer.redraw(content)
    if isinstance(answer, PictureFault):
        raise picture_refusal(answer)
    return answer


def put_up(work: Work, program: Program, picture: bytes) -> None:
    """Give a program a logo, in place of the one it has; the caller holds the lock.

    `picture` was drawn anew. The same once more changes nothing. Raises ProgramArchived.
    """
    sha256 = hashlib.sha256(picture).hexdigest()
    if program.logo_sha256 == sha256:
        return
    _changed(work, program)
    _put(work, program, picture, sha256)


def take_down(work: Work, program: Program) -> None:
    """Remove a program's logo; the caller holds the lock. Twice changes nothing.

    Raises ProgramArchived.
    """
    if program.logo_sha256 is None:
        return
    _changed(work, program)
    work.session.delete(work.session.get_one(Logo, program.id))
    program.logo_sha256 = None


def copy_to(work: Work, program: Program, made: Program) -> None:
    """Give a program that was just made the logo of another, if that has one."""
    logo = work.session.get(Logo, program.id)
    if logo is not None:
        _put(work, made, logo.content, hashlib.sha256(logo.content).hexdigest())


def shown(work: Work, slug: str) -> tuple[Program, bytes | None]:
    """Return a program and its logo as PNG, if it has one. Raises UnknownProgram."""
    program = finding.program_by_slug(work, slug)
    logo = work.session.get(Logo, program.id)
    return program, None if logo is None else logo.content


def _put(work: Work, program: Program, picture: bytes, sha256: str) -> None:
    work.session.merge(Logo(program_id=program.id, content=picture, created_at=work.now))
    program.logo_sha256 = sha256


def _changed(work: Work, program: Program) -> None:
    happened_to_program(work, Fact.PROGRAM_CHANGED, program, details={"fields": ["logo"]})
