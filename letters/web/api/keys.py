"""Who calls: the bearer key of a request, and what it may see."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import g, request
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from sqlalchemy import select

from letters.domain.errors import AccessDenied, UnknownApplication, UnknownProgram, UnknownRequest
from letters.domain.journal import ActorKind
from letters.domain.words import N_
from letters.records import ApiKey, Application, LetterRequest, Program
from letters.services import finding
from letters.services.administering import key_hash
from letters.services.work import Actor, Work
from letters.web.api.problems import Refusal
from letters.web.state import SYSTEM, house

CALLS_PER_KEY = "600 per minute"
CHALLENGE = 'Bearer realm="letters"'
NO_KEY = N_(
    "Send a key in the header “Authorization: Bearer …”. `letters api-key create` makes one."
)
UNKNOWN_KEY = N_("This key is not one of ours, or it was cut off. Copy all of it.")


class ProgramKeyOnly(AccessDenied):
    """A key that speaks for one program cannot make others."""

    sentence = N_(
        "This key speaks for one program only. Creating a program needs a key for all of them."
    )


class NoLettersForKey(AccessDenied):
    """A key that learns no more than applicants may."""

    sentence = N_(
        "This key does not read letters. A key that does is made with "
        "`letters api-key create … --reads-letters`."
    )


@dataclass(frozen=True)
class Caller:
    """The key behind a request. Without a program it speaks for all of them."""

    key_id: UUID
    program_id: UUID | None
    reads_letters: bool

    @property
    def actor(self) -> Actor:
        """Return who acts, for the journal."""
        return Actor(ActorKind.API, "api", self.key_id)

    def speaks_for(self, program_id: UUID) -> bool:
        """Say whether this key may know of a program and of what belongs to it."""
        return self.program_id is None or self.program_id == program_id


def check() -> ResponseReturnValue | None:
    """Let a request through whose key is known. Raises Refusal."""
    key = _bearer()
    if not key:
        raise Refusal(HTTPStatus.UNAUTHORIZED, NO_KEY, {"WWW-Authenticate": CHALLENGE})
    found = _known(key)
    if found is None:
        challenge = f'{CHALLENGE}, error="invalid_token"'
        raise Refusal(HTTPStatus.UNAUTHORIZED, UNKNOWN_KEY, {"WWW-Authenticate": challenge})
    g.caller = Caller(found.id, found.program_id, found.reads_letters)
    return None


def caller() -> Caller:
    """Return the key behind this request, which the guard has let through."""
    return cast("Caller", g.caller)


def may_create_programs() -> None:
    """Raises ProgramKeyOnly where the key speaks for one program."""
    if caller().program_id is not None:
        raise ProgramKeyOnly


def may_read_letters() -> None:
    """Raises NoLettersForKey where the key is that of a portal."""
    if not caller().reads_letters:
        raise NoLettersForKey


def program(work: Work, slug: str) -> Program:
    """Return a program that the key speaks for. Raises UnknownProgram for all others."""
    found = finding.program_by_slug(work, slug)
    if not caller().speaks_for(found.id):
        raise UnknownProgram(slug=slug)
    return found


def application(work: Work, application_id: UUID) -> Application:
    """Return an application of such a program. Raises UnknownApplication for all others.

    What nobody has opened the mailed link for counts as not there.
    """
    found = finding.application(work, application_id)
    if found.unproved or not caller().speaks_for(found.program_id):
        raise UnknownApplication
    return found


def letter_request(
    work: Work, request_id: UUID, *, lock: bool = False
) -> tuple[Application, LetterRequest]:
    """Return a request of such a program, and its application, perhaps locked for a change.

    Raises UnknownRequest for all others.
    """
    found = finding.application_of_request(work, request_id, lock=lock)
    if found.unproved or not caller().speaks_for(found.program_id):
        raise UnknownRequest
    return found, finding.request_in(found, request_id)


def calls_per_key() -> str:
    """Return how many calls one key may make."""
    return CALLS_PER_KEY


def by_key() -> str:
    """Count by key; the limit is looked at before the key is."""
    key = _bearer()
    return f"key:{key_hash(key)}" if key else f"no key from {get_remote_address()}"


def _bearer() -> str | None:
    given = request.authorization
    return given.token if given is not None and given.type == "bearer" else None


def _known(key: str) -> ApiKey | None:
    with house().works.look(SYSTEM) as work:
        return work.session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash(key)))
