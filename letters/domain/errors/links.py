"""Why a link opens nothing."""

from uuid import UUID

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


class LinkError(LettersError):
    """The root of the reasons why a link opens nothing."""


class LinkInvalid(LinkError):
    """The link was not made by this service, or a part of it is missing or changed."""

    sentence = N_(
        "This link is not complete or not one of ours. Copy the whole link from the mail."
    )


class LinkErased(LinkError):
    """What was behind the link was erased at somebody's request."""

    sentence = N_(
        "What this link opened was erased, since the person it was about asked for it. "
        "There is nothing left to do."
    )


class LinkKnown(LinkError):
    """A genuine link that no longer opens anything; a new one can be mailed.

    `purpose` and `row_id` say which, so that the page can offer a new one. Its heading says what
    became of the link, its button mails a new one, and the sentence what neither of them says.
    """

    def __init__(self, purpose: str, row_id: UUID) -> None:
        super().__init__()
        self.purpose = purpose
        self.row_id = row_id


class LinkReplaced(LinkKnown):
    """A newer link took the place of this one."""

    sentence = N_(
        "Use the newest mail you have from us, or have the current link mailed. "
        "It goes to the address we have on file, and nowhere else."
    )


class LinkUsed(LinkReplaced):
    """The link signs in once, and did."""

    sentence = N_(
        "It signs in once, and that has happened. Have a new one mailed. "
        "It goes to the address we have on file, and nowhere else."
    )


class LinkOfAnotherBrowser(LinkKnown):
    """The link was asked for in another browser, and signs in only there."""

    sentence = N_(
        "This link signs in only in the browser where it was asked for. "
        "Open it there, or have a new one mailed for this browser. "
        "It goes to the address we have on file, and nowhere else."
    )


class LinkExpired(LinkKnown):
    """The time of this link is over."""

    sentence = N_("A new one goes to the address we have on file, and nowhere else.")
