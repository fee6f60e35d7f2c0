"""Every state that an application can be in, how it gets there, and what its applicant reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from letters.services import noticing
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

CLOSES = DUE + timedelta(hours=GRACE_HOURS)
LATE = DUE + timedelta(hours=1)
CLOSED = CLOSES + timedelta(seconds=1)
SELECTED = INTERNSHIP
AUTOMATIC = replace(FELLOWSHIP, min_letters=2, timezone="Europe/Zurich")
DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
CLOSES_TEXT = "Saturday, 3 April 2027, 23:59 (Zurich Time, UTC+2)"


@dataclass(frozen=True)
class State:
    """How an application got somewhere, when it is looked at, and what its applicant reads.

    `marks` and `next` say for each referee the status, and what happens next.
    """

    reach: Callable[[Story], UUID]
    says: str
    marks: tuple[str, str]
    next: tuple[str, str]
    at: datetime = START
    progress: str = "0 of 2 letters received"


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


def _cancelled(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.cancel(story, application_id, 1)
    return application_id


def _withdrawn(story: Story) -> UUID:
    application_id = _requested(story)
    scenes.withdraw(story, application_id)
    return application_id


IF_SELECTED = "A letter may be requested if the committee selects you."
EXPECTED = f"The letter is due on {DUE_TEXT}."
OVERDUE = f"The letter is overdue; it is still taken until {CLOSES_TEXT}."
OVER = "The time for this letter is over."
IN = "Nothing more; the letter is in."
NO_NEED = "Nothing; this letter is no longer needed."
CANNOT = (
    "This referee cannot write. Another letter may be needed to reach the number the program asks "
    "for."
)
ON_SUBMISSION = "A letter will be requested as soon as the application is submitted."
COMPLETE = "All the letters that the program asks for are in. There is nothing more for you to do."
WITHDRAWN = "You withdrew this application. Nothing more is needed from you or your referees."
NEVER_ASKED = (
    "The program has closed, and letters were not requested for this application. "
    "There is nothing for you to do."
)
SHORT = (
    "A referee declined, and without another one the letters that the program asks for cannot "
    "come together. Write to the program to name somebody else."
)

CANCELLED = "A request was cancelled, and without another referee"


def _asked(received: int) -> str:
    return (
        f"{received} of 2 letters received. Letters were requested on 1 February 2027. "
        "There is nothing for you to do now."
    )


def _late(received: int) -> str:
    return (
        f"{received} of 2 letters received. The due date is over, and what comes in now is still "
        "taken for a while. You may wish to remind your referee."
    )


def _incomplete(received: int) -> str:
    return (
        f"The time is over, and {received} of 2 letters came in. Write to the program if you know "
        "of a letter that is still to come."
    )


BOTH = {
    "requested": State(_requested, _asked(0), ("requested", "requested"), (EXPECTED, EXPECTED)),
    "one letter in": State(
        _letters(1),
        _asked(1),
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
    "overdue": State(_requested, _late(0), ("requested", "requested"), (OVERDUE, OVERDUE), at=LATE),
    "overdue, one letter in": State(
        _letters(2),
        _late(1),
        ("requested", "received"),
        (OVERDUE, IN),
        at=LATE,
        progress="1 of 2 letters received",
    ),
    "declined": State(_declined, SHORT, ("declined", "requested"), (CANNOT, EXPECTED)),
    "cancelled": State(
        _cancelled,
        SHORT.replace("A referee declined, and without another one", CANCELLED),
        ("cancelled", "requested"),
        (NO_NEED, EXPECTED),
    ),
    "closed": State(
        _requested, _incomplete(0), ("requested", "requested"), (OVER, OVER), at=CLOSED
    ),
    "closed, one letter in": State(
        _letters(1),
        _incomplete(1),
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
    "withdrawn": State(_withdrawn, WITHDRAWN, ("requested", "requested"), (NO_NEED, NO_NEED)),
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
        "Submitted. Letters are asked for only from candidates the committee selects. You have "
        "not been selected so far, and there is nothing for you to do.",
        ("named", "named"),
        (f"{IF_SELECTED} This referee has not been alerted yet.",) * 2,
    ),
    ("selected", "waiting until the close"): State(
        _waiting, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("selected", "a draft until the close"): State(
        _draft, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
    ("automatic", "draft"): State(
        _draft,
        "This application is a draft. As soon as it is submitted, a letter will be requested from "
        "each of your referees.",
        ("named", "named"),
        (ON_SUBMISSION,) * 2,
    ),
    ("automatic", "a draft until the close"): State(
        _draft, NEVER_ASKED, ("named", "named"), (OVER, OVER), at=CLOSED
    ),
}
PROGRAMS = {"selected": SELECTED, "automatic": AUTOMATIC}
