"""Where the files lie that are not code.

Templates and migrations stand beside the package in a checkout and inside it in an installed wheel.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def templates_folder() -> Path:
    """Return the folder with the templates of pages and mails."""
    return _packed_or_beside("templates")


def migrations_folder() -> Path:
    """Return the folder with the migrations of the database."""
    return _packed_or_beside("migrations")


def translations_folder() -> Path:
    """Return the folder with the catalogues. Without any translation yet it may be absent."""
    return PACKAGE / "translations"


def _packed_or_beside(name: str) -> Path:
    packed = PACKAGE / name
    return packed if packed.is_dir() else PACKAGE.parent / name
