"""What a coordinator cannot do about the letters of an application. Nothing was changed then."""

from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class LettersMissing(NotAllowed):
    """Fewer letters are in than the program asks for, so those that are open are needed."""

    sentence = N_(
        "%(received)s of the %(min_letters)s letters that this program asks for are in, so nobody "
        "was released. Wait for the others first."
    )


class NobodyToRelease(NotAllowed):
    """No letter of this application is open."""

    sentence = N_("No letter is awaited here any more, so there is nobody to release.")


class LettersNotRequested(NotAllowed):
    """The program selects applications, and has not selected this one."""

    sentence = N_(
        "No letters are requested for this application yet, so nothing was changed. "
        "Select it first."
    )


class LetterIsIn(NotAllowed):
    """The referee's letter was received before."""

    sentence = N_(
        "A letter of this referee is in already, so no other was entered. Return it first if it "
        "is the wrong one."
    )


class RequestEnded(NotAllowed):
    """The request was cancelled, or somebody else was named."""

    sentence = N_(
        "Nothing is asked of this referee any more, so no letter was entered. Undo the end first, "
        "or enter it for whoever was named instead."
    )
