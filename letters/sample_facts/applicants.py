"""Facts for the mails to applicants."""

from collections.abc import Mapping
from functools import partial

from letters.domain.journal import MessageKind
from letters.domain.progress import Standing
from letters.sample_facts.common import (
    ALL_APPLICATIONS,
    APPLICANT,
    DUE,
    FELLOWSHIP,
    INTERNSHIP,
    OF_THE_PROGRAM,
    ORGANIZATION,
    OTHER_REFEREE,
    RECEIVED,
    REFEREE,
    STATUS_VIEW,
    SUBMITTED,
    UNTIL,
    ZONE,
    Facts,
    Sample,
    varied,
)


def application_in(standing: str, title: str = INTERNSHIP, url: str = STATUS_VIEW) -> Facts:
    """Return an application that stands somewhere, for the mail with all status links."""
    return {
        "program_title": title,
        "organization": ORGANIZATION,
        "standing": standing,
        "url": url,
    }


USUAL: Mapping[MessageKind, Facts] = {
    MessageKind.APPLICATION_SUBMITTED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_names": [REFEREE, OTHER_REFEREE],
        "choice": "each",
        "submitted_at": SUBMITTED,
        "alerted": False,
        "url": STATUS_VIEW,
        "again": False,
    },
    MessageKind.DRAFT_LINK: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "url": STATUS_VIEW,
        "begun": False,
    },
    MessageKind.DUE_MOVED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "received": 1,
        "wanted": 2,
        "url": STATUS_VIEW,
    },
    MessageKind.REFEREE_DECLINED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_name": REFEREE,
        "another_needed": True,
        "asked": False,
        "wanted": 2,
        "url": STATUS_VIEW,
    },
    MessageKind.REQUESTS_SENT: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_names": [REFEREE, OTHER_REFEREE],
        "requested_at": SUBMITTED,
        "choice": "each",
        "url": STATUS_VIEW,
    },
    MessageKind.ALL_IN: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "completed_at": RECEIVED,
        "wanted": 2,
        "awaited_names": [],
        "url": STATUS_VIEW,
    },
    MessageKind.ADDRESS_BOUNCED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_name": REFEREE,
        "referee_email": "halvorsen@fjord.example.org",
        "asked": True,
        "url": STATUS_VIEW,
    },
    MessageKind.TIME_LEFT: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "left": "day",
        "received": 1,
        "wanted": 2,
        "awaited_names": [REFEREE],
        "url": STATUS_VIEW,
    },
    MessageKind.CLOSED_INCOMPLETE: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "received": 1,
        "wanted": 2,
        "awaited_names": [REFEREE],
        "url": STATUS_VIEW,
    },
    MessageKind.LETTER_ARRIVED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_name": REFEREE,
        "received_at": RECEIVED,
        "received": 1,
        "wanted": 2,
        "url": STATUS_VIEW,
    },
    MessageKind.WITHDRAWN: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "withdrawn_at": RECEIVED,
        "told": True,
        "received": 1,
        "url": STATUS_VIEW,
    },
    MessageKind.STATUS_LINKS: {
        "applicant_name": APPLICANT,
        "url": ALL_APPLICATIONS,
        "until": UNTIL,
        "zone": ZONE,
        "applications": [application_in("waiting")],
        "are_all": True,
    },
}

_sample = partial(varied, USUAL)

SAMPLES: tuple[Sample, ...] = (
    _sample(MessageKind.DUE_MOVED),
    _sample(MessageKind.APPLICATION_SUBMITTED, "selected"),
    _sample(MessageKind.APPLICATION_SUBMITTED, "automatic", policy="automatic"),
    _sample(MessageKind.APPLICATION_SUBMITTED, "alerted", alerted=True),
    _sample(MessageKind.APPLICATION_SUBMITTED, "problems", policy="automatic", choice="problems"),
    _sample(MessageKind.APPLICATION_SUBMITTED, "again-selected", again=True),
    _sample(MessageKind.APPLICATION_SUBMITTED, "again-automatic", again=True, policy="automatic"),
    _sample(MessageKind.DRAFT_LINK, "new"),
    _sample(MessageKind.DRAFT_LINK, "begun", begun=True),
    _sample(MessageKind.REFEREE_DECLINED, "selected"),
    _sample(MessageKind.REFEREE_DECLINED, "automatic", policy="automatic"),
    _sample(MessageKind.REFEREE_DECLINED, "asked", asked=True),
    _sample(MessageKind.REFEREE_DECLINED, "others-are-enough", another_needed=False),
    _sample(MessageKind.REFEREE_DECLINED, "one-is-enough", another_needed=False, wanted=1),
    _sample(MessageKind.REQUESTS_SENT, "each"),
    _sample(MessageKind.REQUESTS_SENT, "complete", choice="complete"),
    _sample(MessageKind.ALL_IN, "nobody-awaited"),
    _sample(MessageKind.ALL_IN, "more-may-come", awaited_names=[REFEREE]),
    _sample(MessageKind.ALL_IN, "one-wanted", wanted=1),
    _sample(MessageKind.ADDRESS_BOUNCED, "asked"),
    _sample(MessageKind.ADDRESS_BOUNCED, "alerted", asked=False, referee_email=""),
    _sample(MessageKind.TIME_LEFT, "day"),
    _sample(MessageKind.TIME_LEFT, "day-no-grace", closes_at=DUE),
    _sample(MessageKind.TIME_LEFT, "week", left="week", received=0),
    _sample(MessageKind.CLOSED_INCOMPLETE, "awaited"),
    _sample(MessageKind.CLOSED_INCOMPLETE, "nobody-left", received=0, awaited_names=[]),
    _sample(MessageKind.LETTER_ARRIVED, "first"),
    _sample(MessageKind.LETTER_ARRIVED, "enough", received=2),
    _sample(MessageKind.LETTER_ARRIVED, "more-than-enough", received=3),
    _sample(MessageKind.LETTER_ARRIVED, "only-one-wanted", received=1, wanted=1),
    _sample(MessageKind.WITHDRAWN, "told"),
    _sample(MessageKind.WITHDRAWN, "nobody-told", told=False, received=0),
    _sample(MessageKind.STATUS_LINKS, "one", url=STATUS_VIEW, until=None),
    _sample(
        MessageKind.STATUS_LINKS,
        "more-than-are-named",
        applications=[
            application_in(
                standing.value, *((FELLOWSHIP, f"{STATUS_VIEW}{number}") if number else ())
            )
            for number, standing in enumerate(Standing)
        ],
        are_all=False,
    ),
)
