"""Who may know what of a letter request."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reader(StrEnum):
    """The three kinds of people a page or mail can be for."""

    REFEREE = "referee"
    APPLICANT = "applicant"
    COORDINATOR = "coordinator"


class Detail(StrEnum):
    """The details of a request that not everybody may know.

    `former_email` is the address that the applicant gave and the referee corrected; who corrected
    it is a matter between referee and coordinators. `more_time` is that the referee asked for it,
    and their note.
    """

    STATUS = "status"
    MOMENTS = "moments"
    WELCOMED = "welcomed"
    REFEREE_EMAIL = "referee_email"
    FORMER_EMAIL = "former_email"
    DECLINE_REASON = "decline_reason"
    MORE_TIME = "more_time"
    FILE_NAME = "file_name"
    FILE_SIZE = "file_size"
    PAGES = "pages"
    HASH = "hash"
    SENT_BY = "sent_by"
    MARKS = "marks"
    QUARANTINE = "quarantine"
    CONTENT = "content"


SEES: Mapping[Reader, frozenset[Detail]] = MappingProxyType(
    {
        Reader.REFEREE: frozenset(Detail) - {Detail.CONTENT},
        Reader.APPLICANT: frozenset(
            {Detail.STATUS, Detail.MOMENTS, Detail.WELCOMED, Detail.REFEREE_EMAIL}
        ),
        Reader.COORDINATOR: frozenset(Detail),
    }
)


def may_see(reader: Reader, detail: Detail) -> bool:
    """Say whether `reader` may know `detail`.

    A referee never reads a letter back, not even their own: a link that leaks reads nothing.
    """
    return detail in SEES[reader]
