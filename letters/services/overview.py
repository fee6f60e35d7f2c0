"""Everything that is asked of one referee, shown to whoever reads the mail to their address."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from letters.domain.errors import LinkExpired, NotSameApplicant, UnknownLetter
from letters.domain.journal import Fact
from letters.domain.policy import Terms
from letters.domain.slots import TAKES_A_LETTER, Slot, check_upload
from letters.ports import Purpose
from letters.records import Application, Letter, LetterRequest
from letters.services import finding
from letters.services.expecting import wanted
from letters.services.happening import happened
from letters.services.inspecting import Upload, Wanted
from letters.services.receiving import decrypted, take
from letters.services.viewing import current_letter
from letters.services.work import Work

LINK_LIFETIME = timedelta(days=2)
MOST_SHOWN = 200


def mail_overview(work: Work, token: str) -> None:
    """Mail the link that shows everything to the address on file behind an upload link.

    Raises LinkInvalid or LinkReplaced.
    """
    application, request = finding.request_behind(work, Purpose.UPLOAD, token, lock=True)
    _mail(work, application, request)


def mail_overview_again(work: Work, token: str) -> None:
    """Mail a fresh link in place of one that expired or was replaced. Raises LinkInvalid."""
    application, request = finding.request_once_behind(work, Purpose.OVERVIEW, token)
    _mail(work, application, request)


def _mail(work: Work, application: Application, request: LetterRequest) -> None:
    """The new link ends the one before, or a link that has expired would live again."""
    request.overview_until = work.now + LINK_LIFETIME
    request.overviews_mailed += 1
    happened(work, Fact.OVERVIEW_ASKED, application, request)


@dataclass(frozen=True)
class Asked:
    """One letter that is or was asked of the referee, with the link to its upload page."""

    application: Application
    request: LetterRequest
    terms: Terms
    slot: Slot
    url: str

    @property
    def is_open(self) -> bool:
        """Whether the letter is still awaited."""
        return self.slot is Slot.OPEN

    @property
    def takes_a_letter(self) -> bool:
        """Whether a letter, or a better one, can be sent."""
        return self.slot in TAKES_A_LETTER


@dataclass(frozen=True)
class Overview:
    """Everything asked of one address: what is awaited, soonest first, then what is done."""

    request: LetterRequest
    asked: Sequence[Asked]

    @property
    def open(self) -> Sequence[Asked]:
        """What is still awaited."""
        return [asked for asked in self.asked if asked.is_open]

    @property
    def done(self) -> Sequence[Asked]:
        """What needs nothing more."""
        return [asked for asked in self.asked if not asked.is_open]

    def others_for(self, of: Asked) -> Sequence[Asked]:
        """Return where else the letter for the same applicant could be used."""
        return [other for other in self.open if other is not of and _same_person(other, of)]


def overview(work: Work, token: str) -> Overview:
    """Return what the mailed link shows. Raises LinkInvalid, LinkReplaced or LinkExpired."""
    request = _proven(work, token)
    found = work.session.scalars(
        select(LetterRequest)
        .join(LetterRequest.application)
        .join(Application.program)
        .options(contains_eager(LetterRequest.application).contains_eager(Application.program))
        .where(
            LetterRequest.referee_key == request.referee_key,
            LetterRequest.requested_at.is_not(None),
        )
        .order_by(LetterRequest.requested_at.desc())
        .limit(MOST_SHOWN)
    )
    asked = [_asked(work, one) for one in found]
    return Overview(request, sorted(asked, key=lambda one: (not one.is_open, one.terms.due_at)))


def _proven(work: Work, token: str) -> LetterRequest:
    _, request = finding.request_behind(work, Purpose.OVERVIEW, token)
    if request.overview_until is None or work.now > request.overview_until:
        raise LinkExpired(Purpose.OVERVIEW, request.id)
    return request


def _asked(work: Work, request: LetterRequest) -> Asked:
    application = request.application
    return Asked(
        application,
        request,
        finding.terms_of(application, request),
        finding.slot_of(work, application, request),
        work.tools.links.url(Purpose.UPLOAD, request.id, request.link_generation),
    )


# --- one letter for several requests about the same person ------------------------------------


@dataclass(frozen=True)
class Reuse:
    """A letter that is in, and what each of the other requests wants of it, by request id."""

    content: bytes
    letter: Letter
    wanted: Mapping[UUID, Wanted]


def look_for_reuse(
    work: Work, everything: Overview, source: UUID, targets: Collection[UUID]
) -> Reuse:
    """Read the letter of the request `source`, to be used for the requests `targets` too.

    Raises UnknownLetter, NotSameApplicant, what check_upload raises, LetterUnreadable or
    StoreUnavailable.
    """
    shown = {asked.request.id: asked for asked in everything.asked}
    letter = current_letter(work, shown[source].request) if source in shown else None
    if letter is None:
        raise UnknownLetter
    _check_same_person(shown, source, targets)
    for target in targets:
        check_upload(shown[target].slot, shown[target].terms)
    return Reuse(
        content=decrypted(work, letter),
        letter=letter,
        wanted={x: wanted(work, shown[x].application, shown[x].request) for x in targets},
    )


def use_again(work: Work, token: str, source: UUID, uploads: Mapping[UUID, Upload]) -> list[Letter]:
    """Take the letter of the request `source` for each of `uploads`: for all of them, or none.

    Raises LinkInvalid, LinkReplaced, LinkExpired, UnknownLetter, NotSameApplicant, what
    check_upload raises, StoreUnavailable or StoreFull.
    """
    shown = {asked.request.id: asked for asked in overview(work, token).asked}
    if source not in shown:
        raise UnknownLetter
    _check_same_person(shown, source, uploads)
    # Always in the same order, so that two who do this at once never wait for each other.
    in_order = sorted(uploads, key=lambda target: shown[target].application.id)
    return [_take(work, target, uploads[target]) for target in in_order]


def _check_same_person(
    shown: Mapping[UUID, Asked], source: UUID, targets: Collection[UUID]
) -> None:
    """What is not shown at all is treated like a request about somebody else."""
    of = shown[source]
    allowed = {one.request.id for one in shown.values() if _same_person(one, of)}
    if not targets or not set(targets) <= allowed - {source}:
        raise NotSameApplicant


def _take(work: Work, request_id: UUID, upload: Upload) -> Letter:
    application = finding.application_of_request(work, request_id, lock=True)
    return take(work, application, finding.request_in(application, request_id), upload)


def _same_person(one: Asked, other: Asked) -> bool:
    return one.application.applicant_key == other.application.applicant_key
