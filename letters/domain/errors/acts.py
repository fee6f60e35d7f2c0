"""What an applicant cannot do about a referee at the moment. Nothing was changed then."""

from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class NudgeNotPossible(NotAllowed):
    """The letter is not awaited, mail to the referee came back, or they want no reminder now."""

    sentence = N_(
        "A reminder goes out only while a letter is awaited, the address works, and the referee "
        "takes reminders, so none was sent. Look at the status page: it says where things stand."
    )


class NudgeTooSoon(NotAllowed):
    """The request, or the last reminder by the applicant, is too recent.

    `at` is when it is not any more, as ISO 8601 says it; pages show it in the program's zone.
    """

    sentence = N_(
        "This referee had a mail only lately, so no reminder was sent. "
        "The next one is possible from %(at)s."
    )


class RemindersUsedUp(NotAllowed):
    """The referee has been reminded as often as the program allows, by whomever."""

    sentence = N_(
        "This referee has been reminded as often as the program allows, so nothing was sent. "
        "Ask them yourself."
    )


class CorrectionNotPossible(NotAllowed):
    """Nothing goes to this referee's address any more."""

    sentence = N_(
        "Nothing more goes to this referee, so the address was not changed. "
        "Go back and look where things stand."
    )


class ReplacementNotPossible(NotAllowed):
    """The letter is in, or somebody else was named already."""

    sentence = N_(
        "The letter of this referee is in, or somebody else was named before, so nothing changed. "
        "Go back and look where things stand."
    )


class StillADraft(NotAllowed):
    """The referees of a draft are changed in the draft, or named once it is submitted."""

    sentence = N_(
        "This application is still a draft. Change its referees in the draft, or submit it first."
    )


class EnoughReferees(NotAllowed):
    """As many referees are named as the program takes letters."""

    sentence = N_(
        "This program takes at most %(max_letters)s letters, and so many referees are named. "
        "Name somebody else in place of one of them instead."
    )


class TooManyChanges(NotAllowed):
    """More referees were named over time than any season needs."""

    sentence = N_(
        "Referees were changed here very often, so nothing was changed. "
        "Write to %(contact)s, who can help."
    )
