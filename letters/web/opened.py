"""Which applicant's own pages were opened in this browser; its cookie remembers, and we do not."""

from uuid import UUID

from flask import session

KEY = "opened"
MOST = 10
"""So many applications are remembered; a cookie has little room."""


def remember(application_id: UUID) -> None:
    """Remember that an application's own pages were opened here."""
    opened = session.get(KEY, [])
    if opened[-1:] == [str(application_id)]:
        return
    others = [one for one in opened if one != str(application_id)]
    session[KEY] = [*others, str(application_id)][-MOST:]
    session.permanent = True


def here() -> frozenset[UUID]:
    """Return the applications whose own pages were opened in this browser in the last days."""
    return frozenset(UUID(one) for one in session.get(KEY, []))
