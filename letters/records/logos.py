"""Logos of programs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from letters.records.base import Base


class Logo(Base):
    """The logo of a program: a small PNG that was drawn here. The program keeps its SHA-256."""

    __tablename__ = "logos"
    __table_args__ = (CheckConstraint("length(content) > 0", name="content"),)

    program_id: Mapped[UUID] = mapped_column(ForeignKey("programs.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
