"""Under which names letters are kept, whatever keeps them."""

import re

INCOMING = "incoming"
"""Reserved: what passes through on its way into a store, and probes."""
LONGEST_NAME = 200
_PART = r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.))*"
_NAME = re.compile(rf"{_PART}(?:/{_PART})?")


def is_stored_name(name: str) -> bool:
    """Say whether a letter may be kept under `name`.

    Small letters, digits, `-`, `_`, single dots, at most one level of subfolder, not reserved.
    """
    reserved = name.partition("/")[0] == INCOMING
    return not reserved and len(name) <= LONGEST_NAME and bool(_NAME.fullmatch(name))


def check_stored_name(name: str) -> None:
    """Raise ValueError unless a letter may be kept under `name`."""
    if not is_stored_name(name):
        message = f"{name!r} is not a name for a stored letter"
        raise ValueError(message)
