"""Facts for a mail of each kind, in every variant that reads differently.

Whoever needs a mail to look at, or facts to change by one, takes them from here: the tests, and
`letters mail preview`. Each reader's are in a file of their own.
"""

from collections.abc import Mapping

from letters.domain.journal import MessageKind
from letters.sample_facts import applicants, programs, referees
from letters.sample_facts.applicants import application_in
from letters.sample_facts.common import (
    ALL_APPLICATIONS,
    APPLICANT,
    CLOSES,
    COORDINATOR,
    DASHBOARD,
    DUE,
    INTERNSHIP,
    NOTICE_PAGE,
    ORGANIZATION,
    RECEIPT_PAGE,
    RECEIVED,
    REFEREE,
    STATUS_VIEW,
    UPLOAD_PAGE,
    ZONE,
    Facts,
    Sample,
)
from letters.sample_facts.programs import program_with, section_of

__all__ = [
    "ALL_APPLICATIONS",
    "APPLICANT",
    "CLOSES",
    "COORDINATOR",
    "DASHBOARD",
    "DUE",
    "INTERNSHIP",
    "NOTICE_PAGE",
    "ORGANIZATION",
    "RECEIPT_PAGE",
    "RECEIVED",
    "REFEREE",
    "SAMPLES",
    "STATUS_VIEW",
    "UPLOAD_PAGE",
    "USUAL",
    "ZONE",
    "Facts",
    "Sample",
    "application_in",
    "facts_of",
    "program_with",
    "section_of",
]

USUAL: Mapping[MessageKind, Facts] = {**referees.USUAL, **applicants.USUAL, **programs.USUAL}

SAMPLES: tuple[Sample, ...] = (*referees.SAMPLES, *applicants.SAMPLES, *programs.SAMPLES)


def facts_of(kind: MessageKind, **changes: object) -> dict[str, object]:
    """Return the usual facts of `kind` with some of them changed, or more of them."""
    return {**USUAL[kind], **changes}
