"""The ground of all tables: naming convention, column types, ids."""

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import JSON, DateTime, Dialect, Enum, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from letters.domain.journal import CHAIN_START

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Takes aware values only, keeps UTC, gives aware UTC back on every database.

    Raises TypeError for a naive value.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Convert to UTC on the way in."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a naive datetime cannot be stored: {value!r}"
            raise TypeError(message)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Give UTC back; SQLite returns naive values."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PackedText(TypeDecorator[str]):
    """Text of some length that is seldom looked at: it is kept compressed."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> bytes | None:
        """Compress on the way in."""
        return None if value is None else zlib.compress(value.encode("utf-8"), level=9)

    def process_result_value(self, value: bytes | None, _dialect: Dialect) -> str | None:
        """Give the text back."""
        return None if value is None else zlib.decompress(value).decode("utf-8")


def values_of(enum: type[StrEnum]) -> Sequence[str]:
    """List the values that a column of this enum may hold."""
    return [member.value for member in enum]


def enum_column(enum: type[StrEnum], name: str, *, grows: bool = False) -> Enum:
    """Store an enum by value, with a CHECK named `name` that lists the values.

    A list that grows with every part of the service has no CHECK; values are looked at on their
    way in and out all the same.
    """
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=not grows,
        validate_strings=True,
        values_callable=values_of,
        length=40,
    )


def new_id() -> UUID:
    """Return a UUIDv7 (RFC 9562): sorted by time, and not a secret."""
    return uuid_utils.compat.uuid7()


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads it as it is
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class Chained:
    """A row that heads a chain of journal entries: how many there are, and the newest hash.

    Whoever adds an entry holds the lock on this row, so that a chain never forks.
    """

    journal_length: Mapped[int] = mapped_column(default=0)
    journal_hash: Mapped[str] = mapped_column(String(64), default=CHAIN_START)
