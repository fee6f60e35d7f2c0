"""Whether the status view would look different by now."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from letters.domain.applicant_view import ApplicantView


def fingerprint(view: ApplicantView) -> str:
    """Return what differs whenever the applicant would see something else: 64 hex digits.

    It is made of the view alone, so it stays the same whatever happens that the view has no room
    for: another version of a letter, its marks, or an entry in the journal.
    """
    shown = json.dumps(asdict(view, dict_factory=_but_ids), sort_keys=True, default=str)
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()


def _but_ids(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """Keep what is read; two applications that look alike have the same fingerprint."""
    return {name: value for name, value in fields if name != "id"}
