"""Legal holds: while one stands, nothing of what it covers is erased."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from letters.records.applications import Application
from letters.records.base import Base, new_id
from letters.records.coordinators import Coordinator
from letters.records.programs import Program

STANDS = "lifted_at IS NULL"


class Hold(Base):
    """A legal hold on a whole program, or on one of its applications.

    It stands until `lifted_at`. `reason` is why it was set, `lifted_because` why it was lifted; the
    journal names the hold by its id and has none of the words. One at a time stands on each.
    """

    __tablename__ = "holds"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_because IS NULL)", name="lifted_because"),
        Index(
            "ix_holds_program",
            "program_id",
            unique=True,
            postgresql_where=text(f"{STANDS} AND application_id IS NULL"),
            sqlite_where=text(f"{STANDS} AND application_id IS NULL"),
        ),
        Index(
            "ix_holds_application",
            "application_id",
            unique=True,
            postgresql_where=text(STANDS),
            sqlite_where=text(STANDS),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    program_id: Mapped[UUID] = mapped_column(ForeignKey("programs.id"))
    application_id: Mapped[UUID | None] = mapped_column(ForeignKey("applications.id"))
    reason: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("coordinators.id", ondelete="SET NULL"))
    lifted_at: Mapped[datetime | None]
    lifted_because: Mapped[str | None] = mapped_column(Text)

    program: Mapped[Program] = relationship()
    application: Mapped[Application | None] = relationship()
    setter: Mapped[Coordinator | None] = relationship()
