"""Facts for a mail of each kind, in every variant that reads differently.

The people and places are invented. Whoever needs a mail to look at, or facts to change by one,
takes them from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from letters.domain.journal import MessageKind
from letters.domain.progress import Standing
from letters.domain.wrong_letter import Mark

Facts = Mapping[str, object]

APPLICANT = "Mina Okafor"
REFEREE = "Prof. Ines Halvorsen"
COORDINATOR = "Jonas Berg"
ORGANIZATION = "Hochalp Institute for Glacier Studies"
INTERNSHIP = "Alpine Research Internship 2027"
FELLOWSHIP = "Northern Graduate Fellowship"
ZONE = "Europe/Zurich"

DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)
CLOSES = DUE + timedelta(hours=48)
KEPT_UNTIL = CLOSES + timedelta(days=365)
SUBMITTED = datetime(2027, 3, 3, 13, 5, tzinfo=UTC)
RECEIVED = datetime(2027, 3, 29, 7, 30, tzinfo=UTC)

SITE = "https://letters.example.org"
TOKEN = "eyJyIjoiMDE5NWY3YTItMTJiMy03YzRkLTllNWYtNmE3YjhjOWQwZTFmIiwiZyI6MX0.qL3vT8sWx0Zb7Rk2"
UPLOAD_PAGE = f"{SITE}/letter/{TOKEN}"
STATUS_VIEW = f"{SITE}/application/{TOKEN}"
NOTICE_PAGE = f"{SITE}/notice/{TOKEN}"
RECEIPT_PAGE = f"{UPLOAD_PAGE}/receipt"
OVERVIEW_PAGE = f"{UPLOAD_PAGE}/all"
DASHBOARD = f"{SITE}/coordinate/"
APPLICATION_PAGE = f"{SITE}/coordinate/applications/0195f7a2-12b3-7c4d-9e5f-000000000001"

PERSONAL_LINE = """\
It was your seminar that made me apply. What I plan is at https://mina.example.org/plan.

I hope the spring is kind to you!"""

INSTRUCTIONS = """\
Please write one page at most, and say how long you have known the candidate.

We read letters in English, German and French."""

NOTE = """\
I am on fieldwork until Easter.

The week after would do."""


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
    """A program in the digest: its season in figures, and what is new."""

    title: str
    organization: str
    due_at: datetime
    zone: str
    url: str
    applications: int
    complete: int
    waiting: int
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


def program_with(*sections: Section, title: str = INTERNSHIP, waiting: int = 0) -> Program:
    """Return a program with these sections of news."""
    return Program(
        title=title,
        organization=ORGANIZATION,
        due_at=DUE,
        zone=ZONE,
        url=f"{SITE}/coordinate/programs/alpine-2027",
        applications=24,
        complete=9,
        waiting=waiting,
        sections=sections,
    )


def application_in(standing: str, title: str = INTERNSHIP, url: str = STATUS_VIEW) -> Facts:
    """Return an application that stands somewhere, for the mail with all status links."""
    return {
        "program_title": title,
        "organization": ORGANIZATION,
        "standing": standing,
        "url": url,
    }


OF_THE_PROGRAM: Facts = {
    "program_title": INTERNSHIP,
    "organization": ORGANIZATION,
    "contact_email": "internship@glaciers.example.org",
    "zone": ZONE,
    "due_at": DUE,
    "closes_at": CLOSES,
    "policy": "selected",
}

USUAL: Mapping[MessageKind, Facts] = {
    MessageKind.ADVANCE_NOTICE: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": NOTICE_PAGE,
        "wished_pages": 2,
        "personal_line": "",
        "corrected": False,
    },
    MessageKind.REFEREE_DECLINED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_name": REFEREE,
        "url": STATUS_VIEW,
    },
    MessageKind.LETTER_REQUEST: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": UPLOAD_PAGE,
        "decline_url": f"{UPLOAD_PAGE}/decline",
        "waived": True,
        "instructions": INSTRUCTIONS,
        "kept_until": KEPT_UNTIL,
        "again": False,
    },
    MessageKind.OVERVIEW: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": OVERVIEW_PAGE,
        "until": RECEIVED + timedelta(days=2),
    },
    MessageKind.RECEIPT: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "file_name": "Letter for M. Okafor.pdf",
        "size": 219_136,
        "pages": 2,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "received_at": RECEIVED,
        "url": UPLOAD_PAGE,
        "version": 1,
        "held_back": False,
        "marked": False,
    },
    MessageKind.CONFIRM_LETTER: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "file_name": "Letter for M. Okafor.pdf",
        "received_at": RECEIVED,
        "marks": [mark.value for mark in Mark],
        "wished_pages": 2,
        "url": RECEIPT_PAGE,
    },
    MessageKind.MORE_TIME_ASKED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "note": NOTE,
        "url": APPLICATION_PAGE,
    },
    MessageKind.MORE_TIME_ANSWERED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "granted": True,
        "url": UPLOAD_PAGE,
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
    MessageKind.APPLICATION_SUBMITTED: {
        **OF_THE_PROGRAM,
        "applicant_name": APPLICANT,
        "referee_names": [REFEREE, "Dr. Tomas Lindqvist"],
        "submitted_at": SUBMITTED,
        "url": STATUS_VIEW,
        "again": False,
    },
    MessageKind.REQUEST_CANCELLED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": UPLOAD_PAGE,
        "asked": True,
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
        "url": STATUS_VIEW,
        "applications": [application_in("waiting")],
        "are_all": True,
    },
    MessageKind.SIGN_IN: {
        "coordinator_name": COORDINATOR,
        "url": f"{SITE}/sign-in/{TOKEN}",
        "minutes": 30,
    },
    MessageKind.DIGEST: {
        "coordinator_name": COORDINATOR,
        "since": RECEIVED - timedelta(days=1),
        "until": RECEIVED,
        "zone": ZONE,
        "url": DASHBOARD,
        "programs": [program_with(section_of("letters_in", 1))],
    },
}

ALL_SECTIONS = program_with(
    section_of("waiting", 3, referee=None),
    section_of("letters_in", 12),
    section_of("complete", 2, referee=None),
    section_of("declined", 1),
    section_of("overdue", 2),
    section_of("mail_given_up", 2),
    waiting=6,
)


@dataclass(frozen=True)
class Sample:
    """One mail that reads differently from the others."""

    name: str
    kind: MessageKind
    facts: Facts


def facts_of(kind: MessageKind, **changes: object) -> dict[str, object]:
    """Return the usual facts of `kind` with some of them changed, or more of them."""
    return {**USUAL[kind], **changes}


def _sample(kind: MessageKind, variant: str = "", **changes: object) -> Sample:
    name = f"{kind.value}-{variant}" if variant else kind.value
    return Sample(name, kind, facts_of(kind, **changes))


SAMPLES: tuple[Sample, ...] = (
    _sample(MessageKind.ADVANCE_NOTICE, "selected"),
    _sample(MessageKind.ADVANCE_NOTICE, "automatic", policy="automatic", wished_pages=1),
    _sample(MessageKind.ADVANCE_NOTICE, "corrected", corrected=True, wished_pages=0),
    _sample(MessageKind.ADVANCE_NOTICE, "personal-line", personal_line=PERSONAL_LINE),
    _sample(MessageKind.REFEREE_DECLINED, "selected"),
    _sample(MessageKind.REFEREE_DECLINED, "automatic", policy="automatic"),
    _sample(MessageKind.LETTER_REQUEST, "waived"),
    _sample(MessageKind.LETTER_REQUEST, "not-waived", waived=False),
    _sample(MessageKind.LETTER_REQUEST, "no-instructions", instructions=""),
    _sample(MessageKind.LETTER_REQUEST, "again", again=True),
    _sample(MessageKind.OVERVIEW),
    _sample(MessageKind.RECEIPT, "first"),
    _sample(MessageKind.RECEIPT, "replacement", version=2),
    _sample(MessageKind.RECEIPT, "unchecked", pages=None, held_back=True),
    _sample(MessageKind.RECEIPT, "not-scanned", held_back=True),
    _sample(MessageKind.RECEIPT, "marked", marked=True, url=RECEIPT_PAGE),
    _sample(MessageKind.CONFIRM_LETTER, "all-marks"),
    _sample(MessageKind.CONFIRM_LETTER, "one-page", marks=["too_many_pages"], wished_pages=1),
    _sample(MessageKind.MORE_TIME_ASKED, "with-note"),
    _sample(MessageKind.MORE_TIME_ASKED, "without-note", note=""),
    _sample(MessageKind.MORE_TIME_ANSWERED, "granted"),
    _sample(MessageKind.MORE_TIME_ANSWERED, "refused", granted=False),
    _sample(MessageKind.MORE_TIME_ANSWERED, "refused-no-grace", granted=False, closes_at=DUE),
    _sample(MessageKind.LETTER_ARRIVED, "first"),
    _sample(MessageKind.LETTER_ARRIVED, "enough", received=2),
    _sample(MessageKind.LETTER_ARRIVED, "more-than-enough", received=3),
    _sample(MessageKind.LETTER_ARRIVED, "only-one-wanted", received=1, wanted=1),
    _sample(MessageKind.APPLICATION_SUBMITTED, "selected"),
    _sample(MessageKind.APPLICATION_SUBMITTED, "automatic", policy="automatic"),
    _sample(MessageKind.APPLICATION_SUBMITTED, "again-selected", again=True),
    _sample(MessageKind.APPLICATION_SUBMITTED, "again-automatic", again=True, policy="automatic"),
    _sample(MessageKind.REQUEST_CANCELLED, "asked"),
    _sample(MessageKind.REQUEST_CANCELLED, "alerted", asked=False, url=NOTICE_PAGE),
    _sample(MessageKind.WITHDRAWN, "told"),
    _sample(MessageKind.WITHDRAWN, "nobody-told", told=False, received=0),
    _sample(MessageKind.STATUS_LINKS, "one"),
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
    _sample(MessageKind.SIGN_IN),
    _sample(MessageKind.DIGEST, "one-section"),
    _sample(
        MessageKind.DIGEST,
        "many-sections",
        programs=[
            ALL_SECTIONS,
            program_with(section_of("overdue", 1), title=FELLOWSHIP, waiting=0),
        ],
    ),
)
