"""When a person may be erased, what stands in their place, and whether a text names them."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from letters.domain.erasing import (
    Remains,
    application_goes_on,
    erased_key,
    names,
    request_remains,
)
from letters.domain.status import ApplicationStatus, RequestStatus
from letters.domain.text import mailbox_key
from tests.domain.builders import CLOSES, terms

AFTER = CLOSES + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "now", "heard_of", "goes_on"),
    [
        (ApplicationStatus.DRAFT, CLOSES, False, False),
        (ApplicationStatus.DRAFT, CLOSES, True, True),
        (ApplicationStatus.SUBMITTED, CLOSES, False, True),
        (ApplicationStatus.SELECTED, CLOSES, True, True),
        (ApplicationStatus.SELECTED, AFTER, True, False),
        (ApplicationStatus.WITHDRAWN, CLOSES, True, False),
    ],
)
def test_an_application_goes_on_until_it_closes_or_is_withdrawn(
    status: ApplicationStatus, now: datetime, *, heard_of: bool, goes_on: bool
) -> None:
    assert application_goes_on(terms(), status, now, heard_of=heard_of) is goes_on


@pytest.mark.parametrize(
    ("request_status", "now", "replaced", "expected"),
    [
        (RequestStatus.NAMED, CLOSES, False, Remains.RUNNING),
        (RequestStatus.REQUESTED, CLOSES, False, Remains.RUNNING),
        (RequestStatus.RECEIVED, CLOSES, False, Remains.LETTER_COUNTS),
        (RequestStatus.DECLINED, CLOSES, False, None),
        (RequestStatus.CANCELLED, CLOSES, True, None),
        (RequestStatus.RECEIVED, AFTER, False, None),
        (RequestStatus.REQUESTED, AFTER, False, None),
    ],
)
def test_a_referee_remains_while_the_letter_is_awaited_or_counts(
    request_status: RequestStatus, now: datetime, *, replaced: bool, expected: Remains | None
) -> None:
    for status in (ApplicationStatus.SUBMITTED, ApplicationStatus.SELECTED):
        found = request_remains(terms(), status, request_status, now, replaced=replaced)
        assert found is expected
    withdrawn = ApplicationStatus.WITHDRAWN
    assert request_remains(terms(), withdrawn, request_status, now, replaced=replaced) is None


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Ask Zinnia.", True),
        ("QUILLFEATHER wrote to us.", True),
        ("mail from z.q@example.edu today", True),
        ("Prof. said so", False),
        ("The zinnias are in bloom", False),
        ("Ask the committee.", False),
        ("", False),
    ],
)
def test_a_text_names_somebody_by_a_part_of_the_name_or_the_address(
    text: str, *, is_named: bool
) -> None:
    assert names(text, "Prof. Zinnia van Quillfeather", "z.q@example.edu", "") is is_named


def test_what_stands_for_a_mailbox_matches_none() -> None:
    first, second = erased_key(UUID(int=1)), erased_key(UUID(int=2))
    assert first != second
    assert "@" not in first
    assert mailbox_key("erased@example.com") not in {first, second}
