"""Everything that can go wrong, in the words of the field.

An error carries an English sentence that says what to do. The sentence is a gettext message id
with named placeholders; the floor that shows it translates it. There is no HTTP in here.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import ClassVar
from uuid import UUID

from letters.domain.words import N_

Value = str | int


class LettersError(Exception):
    """The root of all expected errors.

    `sentence` is the message id, `values` fills its placeholders.
    """

    sentence: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, **values: Value) -> None:
        self.values: Mapping[str, Value] = values
        super().__init__(self.sentence % values)


# --- bad input -------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one field: `sentence` is a message id, `values` fills it.

    `field` is a path such as `applicant.email` or `referees.1.name`; empty for the whole.
    """

    field: str
    sentence: str
    values: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values


class InvalidInput(LettersError):
    """Input that breaks rules; `problems` lists all of them at once, in the order of the fields."""

    sentence = N_("Some of what was entered needs correcting.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return " ".join(f"{p.field}: {p}" if p.field else str(p) for p in self.problems)


# --- things that are not there ---------------------------------------------------------------


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


# --- things the rules do not allow -----------------------------------------------------------


class NotAllowed(LettersError):
    """The rules forbid it in the present state; nothing was changed."""

    sentence = N_("That is not possible at this point.")


class MoveNotAllowed(NotAllowed):
    """The table MOVES has no such move."""

    sentence = N_("“%(event)s” is not possible while the status is “%(status)s”.")


class AlreadyExists(NotAllowed):
    """Something by that name is already there."""

    sentence = N_("“%(name)s” exists already. Choose another name.")


class TooFewReferees(NotAllowed):
    """An application with fewer referees than the program's minimum cannot be submitted."""

    sentence = N_(
        "This program asks for at least %(min_letters)s letters and the application names "
        "%(count)s. Add the missing referees, then submit."
    )


class TooManyReferees(NotAllowed):
    """More referees than the program's maximum."""

    sentence = N_(
        "This program takes at most %(max_letters)s letters and the application names "
        "%(count)s. Remove referees, then try again."
    )


class ProgramClosed(NotAllowed):
    """The due date and the grace time of the program are over."""

    sentence = N_(
        "This program has closed, so nothing was changed. "
        "Write to %(contact)s if you think it should still be possible."
    )


class NotADraft(NotAllowed):
    """Only a draft can be submitted."""

    sentence = N_("This application has been submitted already. Nothing more is needed.")


class NotSubmitted(NotAllowed):
    """Letters cannot be requested before the application is submitted."""

    sentence = N_(
        "This application is still a draft. Letters can be requested once it is submitted."
    )


class Withdrawn(NotAllowed):
    """The application was withdrawn."""

    sentence = N_("This application was withdrawn, so nothing more can be done with it.")


class AlreadyRequested(NotAllowed):
    """The letters of this application have been requested already."""

    sentence = N_("The letters for this application were requested already.")


class RequestedAutomatically(NotAllowed):
    """Selecting has no meaning under the policy `automatic`."""

    sentence = N_(
        "This program requests letters automatically on submission, so there is nothing to select."
    )


class NoticeNotPossible(NotAllowed):
    """Every referee was alerted before, or has been asked for the letter by now."""

    sentence = N_(
        "There is no referee left to alert: each has had the advance notice or the request itself."
    )


class UploadNotPossible(NotAllowed):
    """The root of the reasons why a letter is not taken now."""

    sentence = N_("A letter cannot be taken for this request at the moment.")


class UploadClosed(UploadNotPossible):
    """Due date and grace time are over."""

    sentence = N_(
        "The time for this letter is over, so it was not taken. "
        "Write to %(contact)s; they can extend the date, and this same link will work again."
    )


class RequestCancelled(UploadNotPossible):
    """The letter is no longer needed."""

    sentence = N_("This letter is no longer needed. Thank you; there is nothing for you to do.")


class RequestDeclined(UploadNotPossible):
    """The referee declined; the decline can be taken back."""

    sentence = N_(
        "This request was declined, so the letter was not taken. "
        "Choose “I can write after all” first, then send the letter."
    )


class NotRequestedYet(UploadNotPossible):
    """Only an advance notice can have gone out so far."""

    sentence = N_("This letter has not been requested yet. Nothing is needed from you now.")


class DeclineNotPossible(NotAllowed):
    """A letter is in, or the request is over."""

    sentence = N_("This request can no longer be declined: a letter is in, or it is over.")


# --- links -----------------------------------------------------------------------------------


class LinkError(LettersError):
    """The root of the reasons why a link opens nothing."""


class LinkInvalid(LinkError):
    """The link was not made by this service, or a part of it is missing or changed."""

    sentence = N_(
        "This link is not complete or not one of ours. Copy the whole link from the mail."
    )


class LinkKnown(LinkError):
    """A genuine link that no longer opens anything; a new one can be mailed.

    `purpose` and `row_id` say which, so that the page can offer a new one.
    """

    def __init__(self, purpose: str, row_id: UUID) -> None:
        super().__init__()
        self.purpose = purpose
        self.row_id = row_id


class LinkReplaced(LinkKnown):
    """A newer link took the place of this one."""

    sentence = N_("This link was replaced by a newer one. Use the newest mail you have from us.")


class LinkExpired(LinkKnown):
    """The time of this link is over."""

    sentence = N_("This link has expired. Ask for a new one; it goes to the address on file.")


# --- letters ---------------------------------------------------------------------------------


class LetterRefused(LettersError):
    """The root of the reasons why a file is not accepted as a letter."""


class NoFile(LetterRefused):
    """No file came with the form."""

    sentence = N_("No file arrived. Choose the letter as a PDF file, then send it.")


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


class LetterUnreadable(LettersError):
    """A stored letter is missing, was changed, or cannot be decrypted."""

    sentence = N_("The stored letter cannot be read. The people who run this service must look.")


# --- access ----------------------------------------------------------------------------------


class AccessDenied(LettersError):
    """The reader is known and may not do this."""

    sentence = N_("You do not have access to this.")


class WrongAddress(LettersError):
    """The service was asked for under a host name that is not its own."""

    sentence = N_("This service answers at %(base_url)s only. Open it there.")


# --- mail ------------------------------------------------------------------------------------


class DeliveryDeferred(LettersError):
    """The mail could not be handed over now; another attempt may succeed."""

    sentence = N_("The mail could not be handed over: %(reason)s")


class DeliveryRefused(LettersError):
    """The mail was refused for good."""

    sentence = N_("The mail was refused: %(reason)s")
