"""What a coordinator cannot do about a referee at the moment. Nothing was changed then."""

from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class ReminderNotPossible(NotAllowed):
    """The letter is not awaited, mail to the referee came back, or they want no reminder now."""

    sentence = N_(
        "A reminder goes out only while the letter is awaited, the address works, and the referee "
        "takes reminders, so none was sent."
    )


class ReminderTooSoon(NotAllowed):
    """The request, or the last reminder by whomever, went out less than two days ago."""

    sentence = N_(
        "This referee had a mail from us within the last two days, so no reminder was sent."
    )


class NothingToResend(NotAllowed):
    """The referee was mailed nothing so far, or what was mailed is over."""

    sentence = N_("Nothing that was mailed to this referee is of use now, so nothing was sent.")


class NothingToCancel(NotAllowed):
    """The letter is in, or the request ended before."""

    sentence = N_("Nothing is asked of this referee any more, so nothing was cancelled.")


class NoLetterToReturn(NotAllowed):
    """No letter is in, or the application was withdrawn."""

    sentence = N_("There is no letter of this referee to return, so nothing was changed.")


class NothingToRestore(NotAllowed):
    """The request was not cancelled, or somebody else was named since."""

    sentence = N_("Nothing was cancelled here that can be taken back, so nothing was changed.")


class NothingToKeep(NotAllowed):
    """No letter was returned, or another one came since."""

    sentence = N_("No letter was returned here that can be kept, so nothing was changed.")


class NobodyToAsk(NotAllowed):
    """The referee was asked before, or nothing is asked of them any more."""

    sentence = N_("This referee was asked before or is not needed any more, so nobody was asked.")
