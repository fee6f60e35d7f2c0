"""What an applicant is told by mail, and when."""

from enum import StrEnum


class MailChoice(StrEnum):
    """Which mails an applicant wants beside those that they cause themselves."""

    EACH = "each"
    COMPLETE = "complete"
    PROBLEMS = "problems"


class TimeLeft(StrEnum):
    """The last word an applicant got about the due date, with letters missing."""

    WEEK = "week"
    DAY = "day"
    CLOSED = "closed"
