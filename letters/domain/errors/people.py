"""What the rules do not allow with those who work on a program."""

from letters.domain.errors.rules import NotAllowed
from letters.domain.words import N_


class LastManager(NotAllowed):
    """Without this person nobody could manage the program."""

    sentence = N_(
        "The program would have no manager left. Make somebody else a manager first, "
        "who has signed in at least once."
    )


class AlreadyJoined(NotAllowed):
    """An invitation is mailed only until the person has signed in."""

    sentence = N_(
        "This person has signed in already and needs no invitation. "
        "A sign-in link is mailed to whoever asks for it."
    )
