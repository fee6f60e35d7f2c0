"""Which application something belongs to that an address of the coordinators' pages names."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from letters.records import Application, Coordinator, IdentitySignal, LetterRequest, OutboxMessage
from letters.services import dashboard
from letters.services.work import Work

_Id = InstrumentedAttribute[UUID]
_APPLICATION_OF: Mapping[str, tuple[_Id, _Id | InstrumentedAttribute[UUID | None]]] = (
    MappingProxyType(
        {
            "application_id": (Application.id, Application.id),
            "request_id": (LetterRequest.id, LetterRequest.application_id),
            "signal_id": (IdentitySignal.id, IdentitySignal.application_id),
            "outbox_id": (OutboxMessage.id, OutboxMessage.application_id),
        }
    )
)


def application_named(
    work: Work, coordinator: Coordinator, named: Mapping[str, object]
) -> UUID | None:
    """Return the id of the application that `named` leads to, if this coordinator may see it.

    `named` are the parts of an address by their names in the routes. None where they name no
    application. Raises UnknownApplication or AccessDenied.
    """
    for name, (known_as, belongs_to) in _APPLICATION_OF.items():
        if name in named:
            found = work.session.scalar(select(belongs_to).where(known_as == named[name]))
            return found and dashboard.application_run_by(work, coordinator, found).id
    return None
