"""The mails that applicants cause themselves, and those to the people who run a program."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from letters.domain.journal import Fact
from letters.domain.policy import RequestPolicy, requested_on_submission
from letters.domain.slots import more_time_still_matters
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.records import Coordinator, OutboxMessage, Program, SignIn
from letters.services import (
    dashboard,
    digest_changes,
    digest_contents,
    finding,
    inviting,
    viewing,
)
from letters.services.composing.base import (
    SERVICE_NAME,
    Composed,
    about,
    applications_url,
    coordinator,
    digest_settings_url,
    from_name,
    incomplete,
    status_url,
    subject,
    to_applicant,
    to_coordinator,
    to_program,
)
from letters.services.lost_links import MOST_NAMED, applications_by
from letters.services.signing_in import LINK_LIFETIME, sign_in_url, still_opens
from letters.services.withdrawing import has_been_heard_of
from letters.services.work import Work


def application_submitted(work: Work, row: OutboxMessage) -> Composed:
    """Confirm a submission, with the link to the status view.

    Where submitting requests the letters, by policy or by rule, this says who was asked.
    """
    application = about(work, row)
    by_rule = application.selected_at is not None and (
        application.selected_at == application.submitted_at
    )
    at_once = requested_on_submission(application.program.terms) or by_rule
    named = [
        r
        for r in application.requests
        if r.replaced_at is None and (r.requested_at is not None or not at_once)
    ]
    return to_applicant(
        work,
        application,
        policy=(RequestPolicy.AUTOMATIC if at_once else RequestPolicy.SELECTED).value,
        referee_names=[request.referee_name for request in named],
        submitted_at=application.submitted_at,
        choice=application.mail_choice.value,
        alerted=all(request.noticed_at is not None for request in named),
        again=row.details.get("fact") == Fact.STATUS_LINK_SENT_AGAIN,
    )


def draft_link(work: Work, row: OutboxMessage) -> Composed | None:
    """Give the applicant the link to a draft, while it is one."""
    application = about(work, row)
    if application.status is not ApplicationStatus.DRAFT:
        return None
    return to_applicant(work, application, begun=not application.unproved)


def status_links(work: Work, row: OutboxMessage) -> Composed:
    """Give the applicant the link to every application by this mailbox, and to all at once.

    It speaks of several programs, so it comes in the name of none, and none reads the answer.
    """
    asked_for = about(work, row)
    found = applications_by(work, asked_for.applicant_key, MOST_NAMED + 1)
    works = asked_for.list_until is not None and work.now <= asked_for.list_until
    until = asked_for.list_until if works and len(found) > 1 else None
    return Composed(
        to=asked_for.applicant_email,
        from_name=SERVICE_NAME,
        reply_to=work.tools.sender,
        facts={
            "applicant_name": asked_for.applicant_name,
            "url": applications_url(work, asked_for) if until else status_url(work, found[0]),
            "until": until,
            "zone": asked_for.program.timezone,
            "applications": [
                {
                    "program_title": one.program.title,
                    "organization": one.program.organization,
                    "standing": viewing.progress_of(work, one).standing.value,
                    "url": status_url(work, one),
                }
                for one in found[:MOST_NAMED]
            ],
            "are_all": len(found) <= MOST_NAMED,
        },
    )


def withdrawn(work: Work, row: OutboxMessage) -> Composed:
    """Confirm to the applicant that the application is withdrawn."""
    application = about(work, row)
    return to_applicant(
        work,
        application,
        withdrawn_at=application.withdrawn_at,
        told=has_been_heard_of(application),
        received=sum(r.status is RequestStatus.RECEIVED for r in application.requests),
    )


def more_time_asked(work: Work, row: OutboxMessage) -> Composed | None:
    """Hand a referee's question on to the people of the program, while it has no answer."""
    application, request = subject(work, row)
    waits = more_time_still_matters(finding.slot_of(work, application, request))
    if request.more_time_asked_at is None or not waits:
        return None
    return to_program(work, application, request, note=request.more_time_note or "")


def sign_in(work: Work, row: OutboxMessage) -> Composed | None:
    """Give a coordinator the link that signs them in."""
    if "sign_in" not in row.details:
        raise incomplete(row)
    asked = work.session.get(SignIn, UUID(row.details["sign_in"]))
    if asked is None or not still_opens(work, asked):
        return None
    return to_coordinator(
        work,
        asked.coordinator,
        url=sign_in_url(work, asked),
        minutes=int(LINK_LIFETIME.total_seconds() // 60),
    )


def invitation(work: Work, row: OutboxMessage) -> Composed | None:
    """Invite somebody to a program, while they work on it; who has signed in needs no link."""
    reader = coordinator(work, row)
    program = work.session.get_one(Program, UUID(row.details["program"]))
    role = dashboard.role_on(work, reader, program.id)
    is_new = reader.joined_at is None
    if role is None or (is_new and not inviting.is_open(reader, work.now)):
        return None
    inviter = work.session.get_one(Coordinator, UUID(row.details["by"]))
    page = f"{work.tools.base_url}/coordinate/programs/{program.slug}"
    return Composed(
        to=reader.email,
        from_name=from_name(program),
        reply_to=program.contact_email,
        facts={
            "coordinator_name": reader.name,
            "inviter_name": inviter.name,
            "program_title": program.title,
            "organization": program.organization,
            "contact_email": program.contact_email,
            "zone": program.timezone,
            "role": role.value,
            "url": inviting.invitation_url(work, reader) if is_new else page,
            "until": reader.invited_until if is_new else None,
        },
    )


def digest(work: Work, row: OutboxMessage) -> Composed | None:
    """Tell a coordinator what is new, with headers that end it in one click."""
    reader = coordinator(work, row)
    windows = digest_changes.windows_in(row.details)
    programs = digest_contents.program_digests(work, reader, windows)
    if not programs:
        return None
    settings = digest_settings_url(work, reader)
    composed = to_coordinator(
        work,
        reader,
        since=min(window.since_at for window in windows.values()),
        until=max(window.until_at for window in windows.values()),
        zone=reader.timezone,
        url=f"{work.tools.base_url}/coordinate/",
        settings_url=settings,
        risk_days=reader.risk_days,
        programs=programs,
    )
    return replace(composed, headers=unsubscribe_headers(settings))


def unsubscribe_headers(settings_url: str) -> Mapping[str, str]:
    """Return the headers by which a mail program ends the digests in one click (RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{settings_url}/unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
