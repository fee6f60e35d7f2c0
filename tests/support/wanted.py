"""What a letter is compared with, for tests that do not care which letter it is."""

from datetime import date

from letters.domain.wrong_letter import Expected
from letters.services.inspecting import Wanted

LARGEST = 10 * 1024 * 1024
NOBODY = Expected(
    applicant_name="",
    other_applicants=(),
    organization="",
    other_organizations=(),
    wished_pages=0,
    today=date(2027, 1, 1),
)


def any_letter(largest: int = LARGEST) -> Wanted:
    """Want any PDF of at most `largest` bytes, whomever it is about."""
    return Wanted(largest=largest, takes_word=False, expected=NOBODY)
