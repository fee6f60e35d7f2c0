"""What the mails of all readers are made of. The people and places are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from letters.domain.journal import MessageKind

Facts = Mapping[str, object]

APPLICANT = "Mina Okafor"
REFEREE = "Prof. Ines Halvorsen"
OTHER_REFEREE = "Dr. Tomas Lindqvist"
COORDINATOR = "Jonas Berg"
ORGANIZATION = "Hochalp Institute for Glacier Studies"
INTERNSHIP = "Alpine Research Internship 2027"
FELLOWSHIP = "Northern Graduate Fellowship"
ZONE = "Europe/Zurich"
CONTACT = "internship@glaciers.example.org"

DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)
CLOSES = DUE + timedelta(hours=48)
KEPT_UNTIL = CLOSES + timedelta(days=365)
SUBMITTED = datetime(2027, 3, 3, 13, 5, tzinfo=UTC)
UNTIL = datetime(2027, 3, 5, 13, 5, tzinfo=UTC)
RECEIVED = datetime(2027, 3, 29, 7, 30, tzinfo=UTC)

SITE = "https://letters.example.org"
TOKEN = "eyJyIjoiMDE5NWY3YTItMTJiMy03YzRkLTllNWYtNmE3YjhjOWQwZTFmIiwiZyI6MX0.qL3vT8sWx0Zb7Rk2"  # noqa: S105 -- it opens nothing: no key has signed it
UPLOAD_PAGE = f"{SITE}/letter/{TOKEN}"
STATUS_VIEW = f"{SITE}/application/{TOKEN}"
ALL_APPLICATIONS = f"{SITE}/applications/{TOKEN}"
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

OF_THE_PROGRAM: Facts = {
    "program_title": INTERNSHIP,
    "organization": ORGANIZATION,
    "contact_email": CONTACT,
    "zone": ZONE,
    "due_at": DUE,
    "closes_at": CLOSES,
    "policy": "selected",
}


@dataclass(frozen=True)
class Sample:
    """One mail that reads differently from the others."""

    name: str
    kind: MessageKind
    facts: Facts


def varied(
    usual: Mapping[MessageKind, Facts], kind: MessageKind, variant: str = "", **changes: object
) -> Sample:
    """Return the usual mail of `kind` with some of its facts changed, called by its variant."""
    name = f"{kind.value}-{variant}" if variant else kind.value
    return Sample(name, kind, {**usual[kind], **changes})
