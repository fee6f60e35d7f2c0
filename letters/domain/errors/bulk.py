"""Why an act on many applications left one of them, or all, as they were."""

from letters.domain.errors.base import LettersError
from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class NobodyAwaited(NotAllowed):
    """No letter of the application is awaited from an address that works."""

    sentence = N_("No letter is awaited here from an address that works, so nothing was done.")


class RemindedEnough(NotAllowed):
    """Everybody had a mail too lately, or as many reminders as the program allows."""

    sentence = N_(
        "Everybody awaited here had a mail from us within the last two days, or has been reminded "
        "as often as the program allows, so no reminder was sent."
    )


class DueLaterAlready(NotAllowed):
    """The new date would take time away, or change nothing."""

    sentence = N_("What is awaited here is due on that day or later already, so no date was moved.")


class ActFailed(LettersError):
    """A programming error, or a broken row. Nothing was changed."""

    sentence = N_(
        "Something went wrong on our side, so nothing was changed here. "
        "The error was written down; try this one by itself."
    )


class NothingChosen(NotAllowed):
    """No application was ticked, or none matches any more."""

    sentence = N_("No application was chosen. Go back, tick the applications, and try again.")


class TooManyChosen(NotAllowed):
    """More applications match than one act is done to."""

    sentence = N_(
        "More than %(most)s applications match, which is more than is done at once. "
        "Go back and narrow the list down."
    )


class MoreMatchNow(NotAllowed):
    """More applications match than when the mails were counted."""

    sentence = N_(
        "More applications match than when you looked, so nothing has been done yet. "
        "These are the numbers now."
    )
