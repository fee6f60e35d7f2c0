"""A letter that looks wrong, or that nobody could check: who says that it is right."""

from letters.domain.errors import LetterNotCurrent, LetterPurged
from letters.domain.journal import Fact
from letters.ports import Purpose
from letters.records import Application, Letter, LetterRequest
from letters.services import finding
from letters.services.happening import happened
from letters.services.viewing import current_letter
from letters.services.work import Work


def confirm(work: Work, token: str, version: int) -> Letter:
    """Write down that the referee says: this is the right letter. Twice is as good as once.

    `version` is the one that was looked at. Raises LinkInvalid, LinkReplaced, LetterNotCurrent or
    LetterPurged.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    letter = _current(work, request, version)
    if letter.confirmed_at is None:
        letter.confirmed_at = work.now
        happened(work, Fact.LETTER_CONFIRMED, application, request, letter)
    return letter


def release(work: Work, application: Application, request: LetterRequest, version: int) -> Letter:
    """Let a letter be opened that was held back. The caller holds the lock.

    Raises LetterNotCurrent or LetterPurged.
    """
    letter = _current(work, request, version)
    if letter.is_held_back:
        letter.released_at = work.now
        happened(work, Fact.LETTER_RELEASED, application, request, letter)
    return letter


def _current(work: Work, request: LetterRequest, version: int) -> Letter:
    letter = current_letter(work, request)
    if letter is None or letter.version != version:
        raise LetterNotCurrent
    if letter.purged_at is not None:
        raise LetterPurged
    return letter
