"""What belongs to a mail beside its words: its place in a thread, and files that come along."""

import hashlib
from collections.abc import Mapping

from letters.ports import Attachment
from letters.services import due_dates
from letters.services.composing import Composed
from letters.services.due_dates import InWords
from letters.services.work import Work

THREAD_DIGITS = 32


def headers_of(work: Work, composed: Composed) -> Mapping[str, str]:
    """Return the headers of a mail that its kind asks for."""
    if not composed.thread:
        return composed.headers
    return {**composed.headers, **thread_headers(composed.thread, work.tools.mail_domain)}


def thread_headers(thread: str, domain: str) -> Mapping[str, str]:
    """Return what keeps the mails of a thread together; some mail programs read only the first."""
    root = thread_id(thread, domain)
    return {"In-Reply-To": root, "References": root}


def thread_id(thread: str, domain: str) -> str:
    """Return what all mails of a thread refer to (RFC 5322, section 3.6.4).

    It is no mail's own Message-ID: so it is known without looking for the first one, which may
    never have been sent, and mail programs gather the others all the same. Only its hash is told.
    """
    digest = hashlib.sha256(thread.encode()).hexdigest()[:THREAD_DIGITS]
    return f"<thread-{digest}@{domain}>"


def attachments_of(work: Work, composed: Composed, in_words: InWords) -> tuple[Attachment, ...]:
    """Return the due date for the calendar, where the mail gives or moves one."""
    if composed.dated is None:
        return ()
    event = due_dates.due_date(work, *composed.dated, in_words)
    return (calendar_file(work.tools.calendars.due_date(event)),)


def calendar_file(content: bytes) -> Attachment:
    """Return a calendar file as it comes with a mail."""
    return Attachment(due_dates.FILE_NAME, "text/calendar", content, {"method": due_dates.METHOD})
