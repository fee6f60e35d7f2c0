"""Referees who may not be who they are said to be, and what was noticed about them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from sqlalchemy import event, select

from letters.domain.journal import ActorKind
from letters.domain.signals import SignalKind
from letters.records import IdentitySignal
from letters.services import finding, readdressing, receiving
from letters.services import signals as services
from letters.services.applying import NewApplication, NewReferee
from letters.services.finding_signals import find_signals
from letters.services.work import Actor
from tests.services import scenes
from tests.services.scenes import COORDINATOR
from tests.support.people import MIRA, REFEREES, SYSTEM, Story

BRAM = REFEREES[1]
GMAIL = NewReferee("Prof. Ada Ferreira", "ada.ferreira@gmail.com", "Example University")


def naming(referee: NewReferee, number: int = 1) -> NewApplication:
    """Return an applicant of that number, who names `referee` first."""
    return replace(
        MIRA,
        applicant_name=f"Applicant {number}",
        applicant_email=f"applicant.{number}@example.com",
        referees=[referee, replace(BRAM, email=f"b.{number}@example.org")],
    )


def look(story: Story) -> int:
    """Let the worker look; return how many signals it found."""
    return find_signals(story.house.works, SYSTEM)


def noticed(story: Story, application_id: UUID) -> dict[SignalKind, dict[str, object]]:
    """Return what stands unchecked about the first referee, with what it is about."""
    return {
        signal.kind: signal.details
        for signal in signals_of(story, application_id)
        if signal.checked_at is None
    }


def signals_of(story: Story, application_id: UUID) -> list[IdentitySignal]:
    """Return all signals about the first referee."""
    first = story.application(application_id).requests[0].id
    query = select(IdentitySignal).where(IdentitySignal.request_id == first)
    with story.house.works.look(SYSTEM) as work:
        return list(work.session.scalars(query.order_by(IdentitySignal.id)))


@contextmanager
def read() -> Iterator[list[object]]:
    """Give a list that grows by each signal that is read from a database while the block runs."""
    rows: list[object] = []

    def note(row: object, _context: object) -> None:
        rows.append(row)

    event.listen(IdentitySignal, "load", note)
    try:
        yield rows
    finally:
        event.remove(IdentitySignal, "load", note)


def check(story: Story, application_id: UUID, reason: str = "") -> None:
    """Mark the first signal of an application as checked."""
    _mark(story, application_id, checked=True, reason=reason)


def uncheck(story: Story, application_id: UUID) -> None:
    """Take it back."""
    _mark(story, application_id, checked=False)


def _mark(story: Story, application_id: UUID, *, checked: bool, reason: str = "") -> None:
    signal_id = signals_of(story, application_id)[0].id
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        signal = work.session.get_one(IdentitySignal, signal_id)
        if checked:
            services.mark_checked(work, application, signal, reason)
        else:
            services.mark_unchecked(work, application, signal)


ALL_KINDS: Mapping[SignalKind, dict[str, object]] = {
    SignalKind.FREE_MAIL: {"domain": "gmail.com"},
    SignalKind.DISPOSABLE: {"domain": "mailinator.com"},
    SignalKind.LOOKALIKE: {"domain": "examp1e.edu", "known": "example.edu"},
    SignalKind.MANY_APPLICANTS: {"at_least": 5},
    SignalKind.OTHER_NAME: {},
    SignalKind.SAME_PLACE: {"how": "browser"},
}


def put_every_kind(story: Story, application_id: UUID) -> Sequence[UUID]:
    """Let every kind of signal stand about the first referee; return their ids."""
    request_id = story.application(application_id).requests[0].id
    with story.house.works.change(SYSTEM) as work:
        rows = [
            IdentitySignal(
                application_id=application_id,
                request_id=request_id,
                kind=kind,
                details=details,
                found_at=work.now,
            )
            for kind, details in ALL_KINDS.items()
        ]
        work.session.add_all(rows)
        work.session.flush()
        return [row.id for row in rows]


def readdress(story: Story, application_id: UUID, email: str) -> None:
    """Correct the address of the first referee."""
    with story.house.works.change(COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        readdressing.set_address(work, application, application.requests[0], email)


def send_from_the_applicants_browser(story: Story, application_id: UUID) -> None:
    """Send the first letter from a browser in which the status view was open."""
    send_as(story, application_id, Actor(ActorKind.REFEREE, "web", opened=[application_id]))


def send_as(story: Story, application_id: UUID, sender: Actor) -> None:
    """Send the first letter, from wherever."""
    upload = scenes.upload_of(story.house, "I recommend her.")
    with story.house.works.change(sender) as work:
        receiving.receive(work, story.upload_token(application_id, 1), upload)
