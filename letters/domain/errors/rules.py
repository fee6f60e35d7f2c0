"""What the rules do not allow in the present state. Nothing was changed then."""

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


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


class ProgramChanged(NotAllowed):
    """The settings were saved elsewhere since this form was shown."""

    sentence = N_(
        "These settings were changed meanwhile, so what you typed was not saved over them. "
        "Open the settings again and make your changes there."
    )


class ProgramArchived(NotAllowed):
    """An archived program is only read."""

    sentence = N_("This program is archived, so nothing was changed. Take it out of the archive.")


class ProgramStillOpen(NotAllowed):
    """Only what is closed is archived."""

    sentence = N_("This program still takes letters, so it was not archived. Close it first.")


class ReopeningTooLate(NotAllowed):
    """The grace time of a closed program is over."""

    sentence = N_(
        "The time of this program is over, so reopening would change nothing. "
        "Choose a later due date in its settings."
    )


class NotADraft(NotAllowed):
    """Only a draft can be submitted."""

    sentence = N_("This application has been submitted already. Nothing more is needed.")


class DraftChanged(NotAllowed):
    """The draft was saved elsewhere since this form was shown."""

    sentence = N_(
        "This draft was changed on another device or in another tab meanwhile. "
        "What you typed here has not been saved over it."
    )


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


class AlreadyAlerted(NotAllowed):
    """One of the chosen referees may not get the advance notice any more."""

    sentence = N_(
        "%(name)s was alerted or asked before, or declined, so no mail was sent to anybody. "
        "Open the form again and choose from those who are left."
    )


class WaiverSettled(NotAllowed):
    """A referee was asked under the waiver as it stands."""

    sentence = N_(
        "The first letter has been requested, and its referee was told of your choice. "
        "So it cannot be changed any more; nothing is needed from you."
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


class AnswerTooLate(UploadClosed):
    """The same, for a decline, or one that is taken back: no letter was sent."""

    sentence = N_(
        "The time for this letter is over, so nothing was changed, and nothing more is needed from "
        "you. Can you write it all the same? "
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


class RequestedSince(NotAllowed):
    """The referee answers an advance notice after the request itself went out."""

    sentence = N_(
        "The letter has been requested since, so use the link in that mail. "
        "We can mail it to you again."
    )


class LetterNotCurrent(NotAllowed):
    """The version that was looked at has been replaced, or none is in."""

    sentence = N_("Another version of the letter came in since. Look at the page again.")


class MoreTimeNotPossible(NotAllowed):
    """The letter is in or was declined, or nothing asks for more time."""

    sentence = N_("More time is not needed here: nothing is waiting for this letter.")


class ExtensionNotPossible(NotAllowed):
    """The new date is not later than the present one, or too far away."""

    sentence = N_("Choose a date that is later than the present due date, within a year.")


class ReminderDateNotPossible(NotAllowed):
    """The day on which a referee wants to be reminded is over, or after the letter is closed."""

    sentence = N_(
        "Choose a day from tomorrow until the letter is closed. Nothing was changed about your "
        "reminders."
    )


class RemindersNotPossible(NotAllowed):
    """The letter is not awaited, so there are no reminders to choose."""

    sentence = N_("Nothing is awaited here, so there are no reminders. Nothing was changed.")


class NotSameApplicant(NotAllowed):
    """A letter is used for other requests about the same applicant only."""

    sentence = N_(
        "A letter can be used again only for other applications of the same person. "
        "Nothing was sent; look at the page again."
    )


class LetterQuarantined(NotAllowed):
    """The file could not be checked, and no coordinator has released it yet."""

    sentence = N_(
        "This file could not be checked, so it is held back. "
        "Release it on the page of its application, then open it with care."
    )


class DeclineNotPossible(NotAllowed):
    """A letter is in, or the request is over."""

    sentence = N_("This request can no longer be declined: a letter is in, or it is over.")
