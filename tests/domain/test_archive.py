"""What still happens in a program that was put away, and who is told what where it does not."""

from functools import partial

import pytest

from letters.domain.archive import IN_ARCHIVE, check_in_archive
from letters.domain.errors import ProgramArchived, ProgramClosed
from letters.domain.journal import OWED, ActorKind, Fact, MessageKind
from tests.domain.builders import raised

CONTACT = "office@example.org"
LINKS = {MessageKind.LETTER_REQUEST, MessageKind.OVERVIEW, MessageKind.STATUS_LINKS}
LINKS |= {MessageKind.DRAFT_LINK, MessageKind.APPLICATION_SUBMITTED}


@pytest.mark.parametrize("by", ActorKind)
def test_each_fact_happens_or_is_refused_in_words_for_who_tried(by: ActorKind) -> None:
    outside = by in {ActorKind.APPLICANT, ActorKind.REFEREE}
    for fact in Fact:
        refusal = raised(partial(check_in_archive, fact, by, CONTACT))
        if fact in IN_ARCHIVE:
            assert refusal is None, fact
        else:
            assert refusal is (ProgramClosed if outside else ProgramArchived), fact


def test_what_happens_there_asks_nothing_of_anybody() -> None:
    mailed = {kind for fact in IN_ARCHIVE for kind in OWED.get(fact, ())}
    assert mailed - LINKS == {
        MessageKind.ADDRESS_BOUNCED,
        MessageKind.CLOSED_INCOMPLETE,
        MessageKind.INVITATION,
        MessageKind.ERASURE_LIST,
    }
