"""What the rules do not allow with legal holds. Nothing was changed then."""

from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class AlreadyHeld(NotAllowed):
    """A legal hold stands here already."""

    sentence = N_("A legal hold stands here already, so nothing was changed.")


class NotHeld(NotAllowed):
    """There is no legal hold to lift."""

    sentence = N_("No legal hold stands here, so nothing was changed.")
