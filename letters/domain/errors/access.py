"""What is not there, and who may not look."""

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


class NotFound(LettersError):
    """What was asked for does not exist, or not for this reader."""

    sentence = N_("There is nothing here by that name.")


class UnknownProgram(NotFound):
    """No program has this short name."""

    sentence = N_("There is no program “%(slug)s”. Check the spelling of its short name.")


class UnknownApplication(NotFound):
    """No application has this id, or the reader may not know of it."""

    sentence = N_("There is no such application. Check its id.")


class UnknownRequest(NotFound):
    """No letter request has this id, or the reader may not know of it."""

    sentence = N_("There is no such letter request. Check its id.")


class UnknownLetter(NotFound):
    """There is no letter for this request."""

    sentence = N_("No letter has been received for this request.")


class UnknownCoordinator(NotFound):
    """No coordinator has this address."""

    sentence = N_("There is no coordinator with the address %(email)s. Add them first.")


class UnknownMember(NotFound):
    """Nobody by this id works on the program."""

    sentence = N_("This person does not work on the program any more. Look at the list again.")


class UnknownPerson(NotFound):
    """Nothing is kept about who has this address."""

    sentence = N_("Nothing is kept here about %(email)s. Ask for other addresses of the person.")


class UnknownSession(NotFound):
    """Nobody is signed in by this id, or somebody else is."""

    sentence = N_("There is no such session of yours. Look at the list again.")


class UnknownSignal(NotFound):
    """There is no such identity signal, or none any more."""

    sentence = N_("There is no such signal any more. The name or the address has changed since.")


class UnknownRemark(NotFound):
    """No note by this id was left with the application."""

    sentence = N_("There is no such note. Look at the application again.")


class UnknownBulkJob(NotFound):
    """Nothing by this id was done to many applications of the program."""

    sentence = N_("Nothing by this id was done to several applications. Look at the list again.")


class UnknownMail(NotFound):
    """No mail by this id is about an application."""

    sentence = N_("There is no such mail. Look at the application again.")


class UnknownMailKind(NotFound):
    """No kind of mail by this name can be reworded."""

    sentence = N_("The words of no such mail can be changed. Choose one from the list.")


class AccessDenied(LettersError):
    """The reader is known and may not do this."""

    sentence = N_(
        "You do not have access to this. If you think you should, ask a manager of the program."
    )


class WrongAddress(LettersError):
    """The service was asked for under a host name that is not its own."""

    sentence = N_("This service answers at %(base_url)s only. Open it there.")
