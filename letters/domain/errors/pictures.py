"""Why a file is not accepted as a logo."""

from letters.domain.errors.base import LettersError
from letters.domain.words import N_


class PictureRefused(LettersError):
    """The root of the reasons why a file is not accepted as a picture."""


class NoPicture(PictureRefused):
    """No file came with the form."""

    sentence = N_("No file arrived. Choose the logo, a PNG, JPEG or WebP file, then send it.")


class PictureTooLarge(PictureRefused):
    """The file has too many bytes."""

    sentence = N_("The file is larger than %(limit)s MB. Save the logo smaller, then try again.")


class PictureNotTaken(PictureRefused):
    """The content is no PNG, JPEG or WebP, whatever the name says."""

    sentence = N_(
        "The file is not a PNG, JPEG or WebP picture. Save the logo as PNG; "
        "drawings such as SVG are not taken, since they can hold scripts."
    )


class PictureAnimated(PictureRefused):
    """The picture moves."""

    sentence = N_("The picture is animated. Save a single frame of it as PNG.")


class PictureTooManyDots(PictureRefused):
    """The picture would take too much memory."""

    sentence = N_(
        "The picture has more than %(most)s million dots. A logo 1000 dots wide is plenty: "
        "save it smaller, then try again."
    )


class PictureTooSmall(PictureRefused):
    """Hardly anything could be seen of it."""

    sentence = N_("The picture is less than %(least)s dots wide or high. Choose a larger one.")


class PictureDamaged(PictureRefused):
    """The picture is cut off, broken, or could not be drawn within the limits."""

    sentence = N_(
        "The picture is damaged, or could not be drawn. Open it in another program, "
        "save it as PNG, and send that."
    )
