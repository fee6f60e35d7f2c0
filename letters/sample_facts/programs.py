"""Facts for the mails to those who run a program."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from letters.domain.journal import MessageKind
from letters.domain.needs import Need
from letters.domain.season import Bar
from letters.sample_facts.common import (
    APPLICANT,
    APPLICATION_PAGE,
    CONTACT,
    COORDINATOR,
    DASHBOARD,
    DUE,
    FELLOWSHIP,
    INTERNSHIP,
    KEPT_UNTIL,
    NOTE,
    OF_THE_PROGRAM,
    ORGANIZATION,
    RECEIVED,
    REFEREE,
    SITE,
    TOKEN,
    ZONE,
    Facts,
    Sample,
    varied,
)


@dataclass(frozen=True)
class Line:
    """One application in a section of the digest."""

    applicant_name: str
    referee_name: str | None
    at: datetime
    url: str


@dataclass(frozen=True)
class Section:
    """What is new of one sort in a program. `total` may be more than there are lines."""

    section: str
    total: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Program:
    """A program in the digest: its season, what needs somebody, what is at risk, what is new."""

    title: str
    organization: str
    due_at: datetime
    zone: str
    url: str
    season: Bar
    bar: tuple[int, ...]
    days_left: int
    needs: tuple[Section, ...]
    at_risk: Section | None
    sections: tuple[Section, ...]


def section_of(name: str, total: int, *, referee: str | None = REFEREE) -> Section:
    """Return the section `name` with `total` entries, of which ten at most are shown."""
    lines = tuple(
        Line(
            applicant_name=f"{APPLICANT} {number}",
            referee_name=referee,
            at=RECEIVED + timedelta(minutes=number),
            url=f"{SITE}/coordinate/applications/0195f7a2-12b3-7c4d-9e5f-{number:012}",
        )
        for number in range(1, min(total, 10) + 1)
    )
    return Section(name, total, lines)


def soon(number: int, letters: int) -> Mapping[str, object]:
    """Return an application whose letters are erased soon."""
    return {
        "applicant_name": f"{APPLICANT} {number}",
        "letters": letters,
        "at": KEPT_UNTIL + timedelta(days=number),
        "url": f"{SITE}/coordinate/applications/0195f7a2-12b3-7c4d-9e5f-{number:012}",
    }


SEASON = Bar(complete=9, partly=5, nothing=3, not_asked=7)


def program_with(
    *sections: Section,
    title: str = INTERNSHIP,
    needs: tuple[Section, ...] = (),
    at_risk: Section | None = None,
    days_left: int = 24,
) -> Program:
    """Return a program with these sections of news."""
    return Program(
        title=title,
        organization=ORGANIZATION,
        due_at=DUE,
        zone=ZONE,
        url=f"{SITE}/coordinate/programs/alpine-2027",
        season=SEASON,
        bar=SEASON.parts(100),
        days_left=days_left,
        needs=needs,
        at_risk=at_risk,
        sections=sections,
    )


USUAL: Mapping[MessageKind, Facts] = {
    MessageKind.MORE_TIME_ASKED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "note": NOTE,
        "url": APPLICATION_PAGE,
    },
    MessageKind.SIGN_IN: {
        "coordinator_name": COORDINATOR,
        "url": f"{SITE}/sign-in/{TOKEN}",
        "minutes": 15,
    },
    MessageKind.INVITATION: {
        "coordinator_name": COORDINATOR,
        "inviter_name": "Noor Haddad",
        "program_title": INTERNSHIP,
        "organization": ORGANIZATION,
        "contact_email": CONTACT,
        "zone": ZONE,
        "role": "manager",
        "url": f"{SITE}/coordinate/invitation/{TOKEN}",
        "until": RECEIVED + timedelta(days=7),
    },
    MessageKind.ERASURE_LIST: {
        "coordinator_name": COORDINATOR,
        "program_title": INTERNSHIP,
        "organization": ORGANIZATION,
        "contact_email": CONTACT,
        "zone": ZONE,
        "letters": 1,
        "first_at": KEPT_UNTIL,
        "applications": [soon(1, 1)],
        "more": 0,
        "url": f"{SITE}/coordinate/programs/alpine-2027/erasures",
    },
    MessageKind.DIGEST: {
        "coordinator_name": COORDINATOR,
        "since": RECEIVED - timedelta(days=1),
        "until": RECEIVED,
        "zone": ZONE,
        "url": DASHBOARD,
        "settings_url": f"{SITE}/coordinate/digest/{TOKEN}",
        "risk_days": 7,
        "programs": [program_with(section_of("letters_in", 1))],
    },
}

ALL_SECTIONS = program_with(
    section_of("overdue", 2),
    section_of("declined", 1),
    section_of("replaced", 1),
    section_of("submitted", 3, referee=None),
    section_of("complete", 2, referee=None),
    section_of("letters_in", 12),
    section_of("withdrawn", 1, referee=None),
    needs=(
        section_of("waiting", 12, referee=None),
        *(section_of(need, 1) for need in Need if need is not Need.WAITING),
    ),
    at_risk=section_of("at_risk", 2),
)


_sample = partial(varied, USUAL)

SAMPLES: tuple[Sample, ...] = (
    _sample(MessageKind.MORE_TIME_ASKED, "with-note"),
    _sample(MessageKind.MORE_TIME_ASKED, "without-note", note=""),
    _sample(MessageKind.SIGN_IN),
    _sample(MessageKind.INVITATION, "manager"),
    _sample(MessageKind.INVITATION, "reader", role="reader"),
    _sample(MessageKind.INVITATION, "viewer", role="viewer"),
    _sample(MessageKind.INVITATION, "known", until=None, url=DASHBOARD),
    _sample(MessageKind.ERASURE_LIST, "one"),
    _sample(
        MessageKind.ERASURE_LIST,
        "many",
        letters=27,
        applications=[soon(number, 2) for number in range(1, 11)],
        more=3,
    ),
    _sample(MessageKind.DIGEST, "one-section"),
    _sample(
        MessageKind.DIGEST,
        "many-sections",
        programs=[
            ALL_SECTIONS,
            program_with(section_of("overdue", 1), title=FELLOWSHIP, days_left=-1),
        ],
    ),
    _sample(MessageKind.DIGEST, "nothing-new", programs=[program_with(days_left=0)]),
)
