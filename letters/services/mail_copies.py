"""The words of a mail as it went, kept without its links for whoever manages the program."""

from uuid import UUID

from sqlalchemy import delete, select

from letters.ports import Message
from letters.records import MailCopy, OutboxMessage
from letters.services.work import Work


def keep_copy(work: Work, row: OutboxMessage, message: Message) -> None:
    """Keep how a mail about an application read when it went last; what concerns none is not kept.

    The links are left out before it is stored: no live link rests in the database.
    """
    if row.application_id is None:
        return
    masked = work.tools.links.masked
    work.session.merge(
        MailCopy(outbox_id=row.id, subject=masked(message.subject), text=masked(message.text))
    )


def forget_copies(work: Work, *application_ids: UUID) -> None:
    """Delete the words of every mail about these applications; that they were sent stays known."""
    mails = select(OutboxMessage.id).where(OutboxMessage.application_id.in_(application_ids))
    work.session.execute(delete(MailCopy).where(MailCopy.outbox_id.in_(mails)))
