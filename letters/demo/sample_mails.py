"""Sample mails as they leave: beside their words, with sender, thread and what comes along."""

from collections.abc import Mapping
from functools import partial
from uuid import NAMESPACE_URL, UUID, uuid5

from letters.domain.journal import MessageKind
from letters.ports import (
    Attachment,
    CalendarWriter,
    DueDate,
    Message,
    MessageRenderer,
)
from letters.sample_facts import applicants, referees
from letters.sample_facts.common import (
    APPLICANT,
    CONTACT,
    DUE,
    INTERNSHIP,
    ORGANIZATION,
    SITE,
    SUBMITTED,
    ZONE,
    Sample,
)
from letters.services import due_dates
from letters.services.composing.base import SERVICE_NAME
from letters.services.composing.others import unsubscribe_headers
from letters.services.mail_parts import calendar_file, thread_headers

DOMAIN = "letters.example.org"
SENDER = f"Letters <letters@{DOMAIN}>"
SERVICE_ADDRESS = f"letters@{DOMAIN}"
REFEREE_ADDRESS = "halvorsen@fjord.example.org"
APPLICANT_ADDRESS = "mina@student.example.org"
COORDINATOR_ADDRESS = "jonas.berg@glaciers.example.org"
REQUEST_ID = UUID("0195f7a2-12b3-7c4d-9e5f-000000000007")

FROM_NO_PROGRAM = {
    MessageKind.STATUS_LINKS,
    MessageKind.SIGN_IN,
    MessageKind.DIGEST,
    MessageKind.MORE_TIME_ASKED,
}
ALONE = {
    MessageKind.OVERVIEW,
    MessageKind.STATUS_LINKS,
    MessageKind.SIGN_IN,
    MessageKind.INVITATION,
    MessageKind.ERASURE_LIST,
    MessageKind.DIGEST,
}
DATED = {
    MessageKind.ADVANCE_NOTICE,
    MessageKind.LETTER_REQUEST,
    MessageKind.MORE_TIME_ANSWERED,
    MessageKind.REFEREE_DUE_MOVED,
    MessageKind.LETTER_RETURNED,
}


def message_of(
    sample: Sample, renderer: MessageRenderer, calendars: CalendarWriter, locale: str = "en"
) -> Message:
    """Return a sample as it would be handed over, in the language of `locale`."""
    kind = sample.kind
    words = renderer.render(kind, sample.facts, locale)
    from_program = kind not in FROM_NO_PROGRAM
    return Message(
        to=_address(kind),
        from_name=f"{ORGANIZATION} via {SERVICE_NAME}" if from_program else SERVICE_NAME,
        reply_to=_answered_by(kind, from_program),
        subject=words.subject,
        text=words.text,
        html=words.html,
        message_id=f"<{uuid5(NAMESPACE_URL, sample.name)}@{DOMAIN}>",
        date=SUBMITTED,
        headers=_headers(sample),
        attachments=_attachments(sample, renderer, calendars, locale),
    )


def _address(kind: MessageKind) -> str:
    if kind is MessageKind.MORE_TIME_ASKED:
        return CONTACT
    if kind in referees.USUAL:
        return REFEREE_ADDRESS
    return APPLICANT_ADDRESS if kind in applicants.USUAL else COORDINATOR_ADDRESS


def _answered_by(kind: MessageKind, from_program: bool) -> str:
    if kind is MessageKind.MORE_TIME_ASKED:
        return REFEREE_ADDRESS
    return CONTACT if from_program else SERVICE_ADDRESS


def _headers(sample: Sample) -> Mapping[str, str]:
    if sample.kind is MessageKind.DIGEST:
        return unsubscribe_headers(str(sample.facts["settings_url"]))
    if sample.kind in ALONE:
        return {}
    return thread_headers(f"{_address(sample.kind)}:{REQUEST_ID}", DOMAIN)


def _attachments(
    sample: Sample, renderer: MessageRenderer, calendars: CalendarWriter, locale: str
) -> tuple[Attachment, ...]:
    if sample.kind not in DATED or sample.facts.get("granted") is False:
        return ()
    summary, description = due_dates.words(
        partial(renderer.sentence, locale=locale),
        asked=sample.kind is not MessageKind.ADVANCE_NOTICE,
        name=APPLICANT,
        program=INTERNSHIP,
        organization=ORGANIZATION,
        contact=CONTACT,
    )
    event = DueDate(
        request_id=REQUEST_ID,
        sequence=1,
        stamped_at=SUBMITTED,
        due_at=DUE,
        timezone=ZONE,
        summary=summary,
        description=description,
        url=f"{SITE}/programs/alpine-2027",
    )
    return (calendar_file(calendars.due_date(event)),)
