"""What people typed, put so that a page can show it again."""

import unicodedata

from flask import request

LINE_BREAKS = "\n\r\t"
NOT_IN_HTML = frozenset({"Cc", "Cn", "Cs"})
"""Control characters, what is no character at all, and halves of one."""


def showable(text: str) -> str:
    """Return `text` without what HTML cannot hold, such as a NUL; nobody saw it anyway."""
    return "".join(
        c for c in text if c in LINE_BREAKS or unicodedata.category(c) not in NOT_IN_HTML
    )


def typed_lines(name: str) -> tuple[str, ...]:
    """Return the lines that were typed into a field of this name or chosen by it, none empty."""
    lines = (line.strip() for text in request.form.getlist(name) for line in text.splitlines())
    return tuple(shown for line in lines if (shown := showable(line)))
