"""The table of whose turn it is, where the operator limits how fast mails go out."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from letters.records.base import Base


class MailTurn(Base):
    """From when on the next mail to a domain may go; an empty domain stands for all mails."""

    __tablename__ = "mail_turns"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    free_at: Mapped[datetime]
