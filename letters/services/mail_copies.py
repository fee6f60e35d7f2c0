"""The words of a mail as it went, kept without its links for whoever manages the program."""

from functools import cache
from uuid import UUID

from sqlalchemy import Insert, bindparam, delete, select

from letters.ports import Message
from letters.records import MailCopy, OutboxMessage
from letters.records.database import INSERTS
from letters.services.work import Work


def keep_copy(work: Work, mail_id: UUID, message: Message) -> None:
    """Keep how a mail about an application read when it went last; what concerns none is not kept.

    The links are left out before it is stored: no live link rests in the database.
    """
    masked = work.tools.links.masked
    words = {"subject": masked(message.subject), "text": masked(message.text)}
    connection = work.session.connection()
    connection.execute(_keep(connection.dialect.name), {"mail": mail_id, **words})


@cache
def _keep(dialect: str) -> Insert:
    """Return the statement that keeps a copy in place of the one before; it is built once."""
    outbox, copies = OutboxMessage.__table__.c, MailCopy.__table__
    copied = select(
        outbox.id,
        bindparam("subject", type_=copies.c.subject.type),
        bindparam("text", type_=copies.c.text.type),
    ).where(outbox.id == bindparam("mail"), outbox.application_id.is_not(None))
    insert = INSERTS[dialect](copies).from_select(["outbox_id", "subject", "text"], copied)
    new = insert.excluded
    return insert.on_conflict_do_update(
        index_elements=["outbox_id"], set_={"subject": new.subject, "text": new.text}
    )


def forget_copies(work: Work, *application_ids: UUID) -> None:
    """Delete the words of every mail about these applications; that they were sent stays known."""
    mails = select(OutboxMessage.id).where(OutboxMessage.application_id.in_(application_ids))
    work.session.execute(delete(MailCopy).where(MailCopy.outbox_id.in_(mails)))
