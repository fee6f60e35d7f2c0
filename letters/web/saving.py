"""What the machine or the database does not take was not saved, and that is what is said."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from letters.domain.errors import StoreFull, StoreUnavailable
from letters.logs import places
from letters.records.database import AWAY

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})

log = structlog.get_logger("letters.web")


@contextmanager
def saving() -> Iterator[None]:
    """Raises StoreFull or StoreUnavailable for what a disk or the database does not take.

    After a commit that failed the letter may be there all the same: sending it again does no harm.
    """
    try:
        yield
    except OSError as error:
        raise not_saved(error) from error
    except AWAY as error:
        log.error("not_saved", error=type(error).__name__, where=places(error))  # noqa: TRY400 -- what it said can hold a person's data
        raise StoreUnavailable(reason=type(error).__name__) from error


def not_saved(error: OSError) -> StoreUnavailable:
    """Return what an error of the machine means for the letter that was to be saved."""
    log.error("not_saved", error=type(error).__name__, number=error.errno, where=places(error))
    return (StoreFull if error.errno in NO_ROOM else StoreUnavailable)(reason=str(error))
