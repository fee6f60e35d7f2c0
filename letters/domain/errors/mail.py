"""Why a mail was not handed over."""

from letters.domain.errors.base import LettersError
from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class DeliveryDeferred(LettersError):
    """The mail could not be handed over now; another attempt may succeed."""

    sentence = N_("The mail could not be handed over: %(reason)s")


class MailServerUnavailable(DeliveryDeferred):
    """No mail can be handed over now: it is the server's fault, or that of how it is set."""

    sentence = N_("The mail server takes no mail now: %(reason)s")


class DeliveryRefused(LettersError):
    """The mail was refused for good."""

    sentence = N_("The mail was refused: %(reason)s")


class AddressRefused(DeliveryRefused):
    """The server says that nobody is reached at the address."""

    sentence = N_("The address was refused: %(reason)s")


class MailNotGivenUp(NotAllowed):
    """The mail went, or it is still on its way."""

    sentence = N_("This mail was not given up, so there is nothing to send again.")


class MailNotNeeded(NotAllowed):
    """What the mail says is not so any more."""

    sentence = N_("What this mail says is not so any more, so it is not sent again.")
