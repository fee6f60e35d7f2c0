"""Doing once what a client may ask for twice.

The row that remembers an answer is written in the transaction of the use case, before anything
else: whoever comes second with the same key waits there for the first one's commit, or takes the
first one's place when that was rolled back. So an answer is kept exactly when its deed is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from letters.domain.errors import InvalidInput, Problem
from letters.domain.words import N_
from letters.records import IdempotentAnswer, new_id
from letters.records.database import INSERTS
from letters.services.work import Work

HEADER = "Idempotency-Key"
NOT_ANSWERED_YET = 0


class KeyUsedBefore(InvalidInput):
    """The same key came with another request."""

    sentence = N_(
        "This Idempotency-Key was used for a different request before, so nothing was done. "
        "Use a new key for a new request."
    )

    def __init__(self) -> None:
        super().__init__([Problem(HEADER, self.sentence)])


@dataclass(frozen=True)
class Call:
    """A call under an idempotency key; `fingerprint` is equal only for equal requests."""

    api_key_id: UUID
    idempotency_key: str
    fingerprint: str


@dataclass(frozen=True)
class Answer:
    """What a call was answered. `facts` holds no link; `replayed`: nothing was done this time."""

    status: int
    facts: Mapping[str, Any]
    replayed: bool = False


def once(work: Work, call: Call, do: Callable[[], Answer]) -> Answer:
    """Do it and keep the answer, or return the answer that an equal call was given before.

    Raises KeyUsedBefore, and whatever `do` raises: then nothing is kept.
    """
    if not _is_first(work, call):
        return _earlier_answer(work, call)
    answer = do()
    work.session.execute(
        update(IdempotentAnswer)
        .where(_row_of(call))
        .values(status_code=answer.status, answer=dict(answer.facts))
    )
    return answer


def _is_first(work: Work, call: Call) -> bool:
    """Claim the key. The unique constraint makes an equal claim wait for our commit."""
    insert = INSERTS[work.session.connection().dialect.name]
    claimed = work.session.execute(
        insert(IdempotentAnswer)
        .values(
            id=new_id(),
            api_key_id=call.api_key_id,
            idempotency_key=call.idempotency_key,
            fingerprint=call.fingerprint,
            status_code=NOT_ANSWERED_YET,
            answer={},
            created_at=work.now,
        )
        .on_conflict_do_nothing(index_elements=["api_key_id", "idempotency_key"])
        .returning(IdempotentAnswer.id)
    )
    return claimed.scalar() is not None


def _earlier_answer(work: Work, call: Call) -> Answer:
    earlier = work.session.scalars(select(IdempotentAnswer).where(_row_of(call))).one()
    if earlier.fingerprint != call.fingerprint:
        raise KeyUsedBefore
    return Answer(earlier.status_code, earlier.answer, replayed=True)


def _row_of(call: Call) -> ColumnElement[bool]:
    return and_(
        IdempotentAnswer.api_key_id == call.api_key_id,
        IdempotentAnswer.idempotency_key == call.idempotency_key,
    )
