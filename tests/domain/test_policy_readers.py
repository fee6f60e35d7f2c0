"""Who may see what of a request and its letter."""

from itertools import product

import pytest

from letters.domain.visibility import SEES, Detail, Reader, may_see

#                        referee, applicant, coordinator
VISIBLE: dict[Detail, tuple[bool, bool, bool]] = {
    Detail.STATUS: (True, True, True),
    Detail.MOMENTS: (True, True, True),
    Detail.WELCOMED: (True, True, True),
    Detail.REFEREE_EMAIL: (True, True, True),
    Detail.FORMER_EMAIL: (True, False, True),
    Detail.DECLINE_REASON: (True, False, True),
    Detail.MORE_TIME: (True, False, True),
    Detail.FILE_NAME: (True, False, True),
    Detail.FILE_SIZE: (True, False, True),
    Detail.PAGES: (True, False, True),
    Detail.HASH: (True, False, True),
    Detail.SENT_BY: (True, False, True),
    Detail.MARKS: (True, False, True),
    Detail.QUARANTINE: (True, False, True),
    Detail.CONTENT: (False, False, True),
}
COLUMN = {Reader.REFEREE: 0, Reader.APPLICANT: 1, Reader.COORDINATOR: 2}


@pytest.mark.parametrize(("reader", "detail"), list(product(Reader, Detail)))
def test_each_reader_sees_what_the_table_says_and_nothing_else(
    reader: Reader, detail: Detail
) -> None:
    assert may_see(reader, detail) is VISIBLE[detail][COLUMN[reader]]


def test_the_applicant_sees_nothing_of_a_letter_or_of_what_is_between_the_others() -> None:
    hidden = {
        Detail.FILE_NAME,
        Detail.FILE_SIZE,
        Detail.PAGES,
        Detail.HASH,
        Detail.SENT_BY,
        Detail.MARKS,
        Detail.QUARANTINE,
        Detail.CONTENT,
        Detail.DECLINE_REASON,
        Detail.MORE_TIME,
        Detail.FORMER_EMAIL,
    }
    assert SEES[Reader.APPLICANT] == set(Detail) - hidden


def test_only_a_coordinator_reads_a_letter() -> None:
    assert [reader for reader in Reader if may_see(reader, Detail.CONTENT)] == [Reader.COORDINATOR]


def test_every_reader_has_a_row_of_their_own() -> None:
    assert set(SEES) == set(Reader)


def test_nobody_can_be_shown_more_at_run_time() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        SEES[Reader.APPLICANT] = frozenset(Detail)  # type: ignore[index] # the point of the test
