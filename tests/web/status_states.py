"""Every state that an application can be in, how it gets there, and what its applicant reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from letters.services import noticing, requesting
from tests.services import acts
from tests.support.people import (
    API,
    DUE,
    FELLOWSHIP,
    GRACE_HOURS,
    INTERNSHIP,
    START,
    Story,
)
from tests.web import scenes
from tests.web.status_words import (
    ADA,
    ASKED_BOTH,
    ASKED_ONE,
    BRAM,
    CANCELLED,
    CANNOT,
    COMPLETE,
    EXPECTED,
    IF_SELECTED,
    IN,
    LATE_BOTH,
    LATE_ONE,
    NEVER_ASKED,
    NEVER_SUBMITTED,
    NO_NEED,
    NOBODY_LEFT,
    NOT_SELECTED,
    ON_SUBMISSION,
    OVER,
    OVERDUE,
    SHORT,
    WITHDRAWN,
    cannot,
    incomplete,
    is_late,
)

CLOSES = DUE + timedelta(hours=GRACE_HOURS)
LATE = DUE + timedelta(hours=1)
CLOSED = CLOSES + timedelta(seconds=1)
SELECTED = INTERNSHIP
AUTOMATIC = replace(
    FELLOWSHIP,
    min_letters=2,
    timezone="Europe/Zurich",
    contact_email=INTERNSHIP.contact_email,
)


@dataclass(frozen=True)
class State:
    """How an application got somewhere, when it is looked at, and what its applicant reads.

    `marks` and `next` say for each referee the status, and what happens next; `problems` what
    needs the applicant.
    """

    reach: Callable[[Story], UUID]
    says: str
    marks: tuple[str, str]
    next: tuple[str, str]
    at: datetime = START
    progress: str = "0 of 2 letters received"
    problems: tuple[str, ...] = ()


def _draft(story: Story) -> UUID:
    return story.apply(submit=False)


def _waiting(story: Story) -> UUID:
    return story.apply()


def alerted(story: Story) -> UUID:
    """Save a draft and give its referees the advance notice."""
    application_id = story.apply(submit=False)
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id)
    return application_id


def _requested(story: Story) -> UUID:
    return scenes.requested(story) if story.slug == SELECTED.slug else story.apply()


def _letters(*positions: int) -> Callable[[Story], UUID]:
    def reach(story: Story) -> UUID:
        application_id = _requested(story)
        for position in positions:
            scenes.letter_in(story, application_id, position)
        return application_id

    return reach


def _declined(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.decline(story, application_id, 1, "A private reason")
    return application_id


def _one_alerted(story: Story) -> UUID:
    application_id = story.apply()
    only = [story.application(application_id).requests[0].id]
    with story.house.works.change(API) as work:
        noticing.give_notices(work, application_id, only)
    return application_id


def _declined_early(*positions: int) -> Callable[[Story], UUID]:
    def reach(story: Story) -> UUID:
        application_id = scenes.alerted(story)
        for position in positions:
            acts.decline_early(story, application_id, position, "A private reason")
        return application_id

    return reach


def _all_declined_early(story: Story) -> UUID:
    application_id = _declined_early(1, 2)(story)
    with story.house.works.change(API) as work:
        requesting.select(work, application_id)
    return application_id


def _cancelled(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.cancel(story, application_id, 1)
    return application_id


def _withdrawn(story: Story) -> UUID:
    application_id = _requested(story)
    acts.withdraw(story, application_id)
    return application_id


BOTH = {
    "requested": State(_requested, ASKED_BOTH, ("requested", "requested"), (EXPECTED, EXPECTED)),
    "one letter in": State(
        _letters(1),
        ASKED_ONE,
        ("received", "requested"),
        (IN, EXPECTED),
        progress="1 of 2 letters received",
    ),
    "complete": State(
        _letters(1, 2),
        COMPLETE,
        ("received", "received"),
        (IN, IN),
        progress="2 of 2 letters received",
    ),
    "overdue": State(
        _requested,
        LATE_BOTH,
        ("requested", "requested"),
        (OVERDUE, OVERDUE),
        at=LATE,
        problems=(is_late(ADA), is_late(BRAM)),
    ),
    "overdue, one letter in": State(
        _letters(2),
        LATE_ONE,
        ("requested", "received"),
        (OVERDUE, IN),
        at=LATE,
        problems=(is_late(ADA),),
        progress="1 of 2 letters received",
    ),
    "declined": State(
        _declined,
        SHORT,
        ("declined", "requested"),
        (CANNOT, EXPECTED),
        problems=(cannot(ADA),),
    ),
    "declined and overdue": State(
        _declined,
        SHORT,
        ("declined", "requested"),
        (CANNOT, OVERDUE),
        at=LATE,
        problems=(cannot(ADA), is_late(BRAM)),
    ),
    "cancelled": State(
        _cancelled,
        SHORT.replace("A referee declined, and without another one", CANCELLED),
        ("cancelled", "requested"),
        (NO_NEED, EXPECTED),
    ),
    "closed": State(_requested, incomplete(0), ("requested", "requested"), (OVER, OVER), at=CLOSED),
    "closed, one letter in": State(
        _letters(1),
        incomplete(1),
        ("received", "requested"),
        (IN, OVER),
        at=CLOSED,
        progress="1 of 2 letters received",
    ),
    "closed and complete": State(
        _letters(1, 2),
        COMPLETE,
        ("received", "received"),
        (IN, IN),
        at=CLOSED,
        progress="2 of 2 letters received",
    ),
    "withdrawn": State(_withdrawn, WITHDRAWN, ("cancelled", "cancelled"), (NO_NEED, NO_NEED)),
}
STATES = {
    **{("selected", name): state for name, state in BOTH.items()},
    **{("automatic", name): state for name, state in BOTH.items()},
    ("selected", "draft"): State(
        _draft,
        "This application is a draft. Letters cannot be requested before it is submitted, and "
        "after that they may be requested: only from candidates the committee selects.",
        ("named", "named"),
        (f"{IF_SELECTED} This referee has not been alerted yet.",) * 2,
    ),
    ("selected", "draft, alerted"): State(
        alerted,
        "This application is a draft. Letters cannot be requested before it is submitted, and "
        "after that they may be requested: only from candidates the committee selects.",
        ("named", "named"),
        (f"Has been alerted. {IF_SELECTED}",) * 2,
    ),
    ("selected", "waiting"): State(
        _waiting,
        f"{NOT_SELECTED}, and there is nothing for you to do. Your referees have not been alerted.",
        ("named", "named"),
        (f"{IF_SELECTED} This referee has not been alerted yet.",) * 2,
    ),
    ("selected", "waiting, alerted"): State(
        scenes.alerted,
        f"{NOT_SELECTED}, and there is nothing for you to do. Your referees have been alerted.",
        ("named", "named"),
        (f"Has been alerted. {IF_SELECTED}",) * 2,
    ),
    ("selected", "waiting, one alerted"): State(
        _one_alerted,
        f"{NOT_SELECTED}, and there is nothing for you to do. "
        "1 of your 2 referees has been alerted.",
        ("named", "named"),
        (
            f"Has been alerted. {IF_SELECTED}",
            f"{IF_SELECTED} This referee has not been alerted yet.",
        ),
    ),
    ("selected", "waiting, one declined"): State(
        _declined_early(2),
        f"{NOT_SELECTED}. Your referees have been alerted.",
        ("named", "declined"),
        (f"Has been alerted. {IF_SELECTED}", CANNOT),
        problems=(cannot(BRAM),),
    ),
    ("selected", "selected, all declined before"): State(
        _all_declined_early,
        NOBODY_LEFT,
        ("declined", "declined"),
        (CANNOT, CANNOT),
        problems=(cannot(ADA), cannot(BRAM)),
    ),
    ("selected", "waiting until the close"): State(
        _waiting, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("selected", "a draft until the close"): State(
        _draft, NEVER_SUBMITTED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("automatic", "draft"): State(
        _draft,
        "This application is a draft. As soon as it is submitted, a letter will be requested from "
        "each of your referees.",
        ("named", "named"),
        (ON_SUBMISSION,) * 2,
    ),
    ("automatic", "a draft until the close"): State(
        _draft, NEVER_SUBMITTED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
}
PROGRAMS = {"selected": SELECTED, "automatic": AUTOMATIC}
