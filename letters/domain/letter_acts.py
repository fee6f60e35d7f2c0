"""What a coordinator may do about the letters of an application when all did not go as usual."""

from collections.abc import Sequence

from letters.domain.errors import LettersMissing, NobodyToRelease, NotSubmitted, Withdrawn
from letters.domain.policy import Terms
from letters.domain.progress import is_complete
from letters.domain.status import ApplicationStatus, Event, RequestStatus, can


def check_release(
    terms: Terms, application: ApplicationStatus, requests: Sequence[RequestStatus]
) -> None:
    """Say whether those whose letters are not in may be released: once enough letters are.

    Raises Withdrawn, NotSubmitted, LettersMissing or NobodyToRelease.
    """
    if application is ApplicationStatus.WITHDRAWN:
        raise Withdrawn
    if application is ApplicationStatus.DRAFT:
        raise NotSubmitted
    received = sum(status is RequestStatus.RECEIVED for status in requests)
    if not is_complete(terms, received):
        raise LettersMissing(received=received, min_letters=terms.min_letters)
    if not any(can(status, Event.CANCEL) for status in requests):
        raise NobodyToRelease
