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
    """The details of a request that not everybody may know."""

    STATUS = "status"
    MOMENTS = "moments"
    REFEREE_EMAIL = "referee_email"
    DECLINE_REASON = "decline_reason"
    FILE_NAME = "file_name"
    FILE_SIZE = "file_size"
    PAGES = "pages"
    HASH = "hash"
    CONTENT = "content"


SEES: Mapping[Reader, frozenset[Detail]] = MappingProxyType(
    {
        Reader.REFEREE: frozenset(Detail) - {Detail.CONTENT},
        Reader.APPLICANT: frozenset({Detail.STATUS, Detail.MOMENTS, Detail.REFEREE_EMAIL}),
        Reader.COORDINATOR: frozenset(Detail),
    }
)


def may_see(reader: Reader, detail: Detail) -> bool:
    """Say whether `reader` may know `detail`.

    A referee never reads a letter back, not even their own: a link that leaks reads nothing.
    """
    return detail in SEES[reader]
