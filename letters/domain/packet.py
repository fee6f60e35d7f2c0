"""A packet: all letters of one application in one PDF, below a sheet that says what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from letters.domain.status import RequestStatus
from letters.domain.wrong_letter import Mark


class Missing(StrEnum):
    """Why a letter that was received is not in the packet."""

    HELD_BACK = "held_back"
    UNCHECKED = "unchecked"
    DELETED = "deleted"
    UNREADABLE = "unreadable"
    OUT_OF_REACH = "out_of_reach"
    NOT_BOUND = "not_bound"


@dataclass(frozen=True)
class LetterFacts:
    """What the cover sheet says of a letter that was received."""

    received_at: datetime
    version: int
    pages: int | None
    size: int
    sha256: str
    marks: Sequence[Mark]
    confirmed_at: datetime | None
    sent_by: str
    entered_by: str


@dataclass(frozen=True)
class RefereeFacts:
    """One referee on the cover sheet; `since` is when their request came to its status."""

    name: str
    email: str
    affiliation: str
    status: RequestStatus
    since: datetime
    replaced: bool
    letter: LetterFacts | None


@dataclass(frozen=True)
class Packet:
    """What the cover sheet says. Instants are aware; `zone` is the program's.

    `external_id` and `signed_as` may be empty. `made_for` is who asked for the packet.
    """

    program_title: str
    organization: str
    zone: str
    applicant_name: str
    applicant_email: str
    external_id: str
    withdrawn: bool
    waived: bool
    signed_as: str
    signed_at: datetime | None
    submitted_at: datetime | None
    wanted: int
    received: int
    made_at: datetime
    made_for: str
    referees: Sequence[RefereeFacts]
