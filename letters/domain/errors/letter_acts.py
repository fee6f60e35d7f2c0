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
