"""Why signing in at an organization's own provider lets nobody in."""

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


class OpenIdRefused(LettersError):
    """The root of the reasons why somebody who came from the provider is not let in."""


class OpenIdUnknown(OpenIdRefused):
    """The provider vouches for somebody who does not work here."""

    sentence = N_(
        "Nobody works here by the address %(email)s. Ask a manager of your program to invite "
        "this address, then sign in again."
    )


class OpenIdNotVerified(OpenIdRefused):
    """The provider does not say that the address belongs to whoever signs in."""

    sentence = N_(
        "%(name)s does not confirm your e-mail address to us. Confirm it there, or ask its "
        "administrators to, then sign in again."
    )


class OpenIdTaken(OpenIdRefused):
    """The address belongs to somebody who signed in by another account before."""

    sentence = N_(
        "Somebody signed in as %(email)s by another account before. If that was you, ask whoever "
        "runs this service to let you use this account."
    )


class OpenIdFailed(LettersError):
    """The way there and back did not come to an end: cancelled, too late, or tampered with."""

    sentence = N_("Signing in with %(name)s was not finished. Try once more from the start.")


class OpenIdUnavailable(LettersError):
    """The provider does not answer, or not as the standard says."""

    sentence = N_("%(name)s does not answer now. Try again in a few minutes.")


class LinksNotMailed(LettersError):
    """Mailed links are switched off."""

    sentence = N_("No links are mailed here. Sign in with %(name)s.")
