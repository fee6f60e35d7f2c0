"""Why a file is not accepted, or a letter cannot be kept or read."""

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


class LetterRefused(LettersError):
    """The root of the reasons why a file is not accepted as a letter."""


class NoFile(LetterRefused):
    """No file came with the form."""

    sentence = N_("No file arrived. Choose the file of the letter, then send it.")


class EmptyFile(LetterRefused):
    """The file has no bytes."""

    sentence = N_("The file is empty. Open it to see whether it is the right one, then try again.")


class TooLarge(LetterRefused):
    """The file is over the limit."""

    sentence = N_(
        "The file is larger than %(limit)s MB. Save it with smaller pictures, or scan it at a "
        "lower resolution, then try again."
    )


class NotPdf(LetterRefused):
    """The content is not PDF, whatever the name says."""

    sentence = N_(
        "The file is not a PDF. Open it in the program it was written with, "
        "choose “Save as PDF”, and send that file."
    )


class WordFile(NotPdf):
    """The file is Word's, where only PDF is taken."""

    sentence = N_(
        "The file is a Word document. Please save it as PDF (in Word: File, Save As, PDF), "
        "and send that file."
    )


class ForeignFile(LetterRefused):
    """The PDF is also another kind of file, or has one hidden before or after it."""

    sentence = N_(
        "The file holds more than a PDF: something else stands before its beginning or after its "
        "end. Print it to a new PDF, then send that."
    )


class EncryptedPdf(LetterRefused):
    """The PDF asks for a password or forbids processing."""

    sentence = N_(
        "The PDF is protected by a password or restrictions. Save a copy without protection "
        "(print it to a new PDF, for example), then send that."
    )


class DamagedPdf(LetterRefused):
    """The PDF is cut off or broken; nothing is repaired in silence."""

    sentence = N_(
        "The PDF is damaged or cut off. Save it again from the program it was written with, "
        "then send the new file."
    )


class ActiveContent(LetterRefused):
    """The PDF holds scripts, launch actions, embedded files or forms that submit."""

    sentence = N_(
        "The PDF holds active content (%(what)s), which we do not accept. "
        "Print it to a new PDF, then send that."
    )


class InfectedFile(LetterRefused):
    """The virus scanner knows what is in the file."""

    sentence = N_(
        "The file contains a known virus, so we did not keep it. Check your computer for viruses, "
        "save the letter anew as a PDF, and send that."
    )


class ScannerUnavailable(LettersError):
    """The virus scanner gave no clear answer."""

    sentence = N_("The virus scanner does not do its part: %(reason)s")


class StoreUnavailable(LettersError):
    """The store did not take or give the letter; nothing was recorded."""

    sentence = N_("Your letter was not saved. Please try again in a few minutes.")


class StoreFull(StoreUnavailable):
    """There is no room left in the store."""

    sentence = N_(
        "Your letter was not saved because the storage is full. Please try again in an hour; "
        "the people who run this service have been told."
    )


class LetterOutOfReach(LettersError):
    """The store does not give a letter to the one who wants to read it."""

    sentence = N_("The letter cannot be fetched at the moment. Please try again in a few minutes.")


class LetterPurged(LettersError):
    """The letter was kept as long as its program says, and deleted then."""

    sentence = N_(
        "This letter was kept for as long as the program keeps letters, and then deleted for good. "
        "If you still need it, ask the referee."
    )


class LetterUnreadable(LettersError):
    """A stored letter is missing, was changed, or cannot be decrypted."""

    sentence = N_("The stored letter cannot be read. The people who run this service must look.")


class PacketNotMade(LettersError):
    """The letters of an application could not be bound into one PDF."""

    sentence = N_(
        "The letters could not be put into one file. Try again, or download them one by one."
    )
