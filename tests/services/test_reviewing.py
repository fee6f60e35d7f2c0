"""A reviewed draft becomes letter requests, which stay the same while they are about the same."""

from dataclasses import replace

import pytest

from letters.domain.drafts import Do, Press, Typed
from letters.domain.errors import DraftChanged, NotADraft
from letters.domain.journal import Fact, MessageKind
from letters.domain.status import RequestStatus
from letters.services import finding, reviewing, viewing
from tests.services import acts
from tests.services.desks import ADA, BRAM, CHIYO, DARA, EMPTY, SIGNED, TEXT, Desk
from tests.services.replies import composed
from tests.services.scenes import APPLICANT, breaches, facts, outbox
from tests.support.clock import TestClock
from tests.support.people import A_DAY, START, Story


@pytest.fixture
def desk(story: Story) -> Desk:
    """A draft that nothing was typed into."""
    return Desk(story, acts.begin_draft(story))


@pytest.fixture
def alerted(desk: Desk, clock: TestClock) -> Desk:
    """A draft whose two referees were alerted, a day ago."""
    desk.review(SIGNED)
    desk.alert()
    clock.advance(A_DAY)
    return desk


# --- before anybody was written to ------------------------------------------------------------


def test_requests_follow_the_form_and_stay_the_same_ones(desk: Desk) -> None:
    assert desk.review(replace(SIGNED, referees=(ADA, EMPTY, BRAM, CHIYO))) == ()
    assert desk.names == ["Prof. Ada Ferreira", "Dr. Bram de Wit", "Chiyo Tanaka"]
    ada, bram, chiyo = (request.id for request in desk.requests)
    first, empty, second, third = desk.typed.referees
    assert [group.id for group in (first, empty, second, third)] == [
        *(str(ada), "", str(bram), str(chiyo))
    ]
    renamed = replace(second, name="Bram de Wit", email="b.dewit@example.org")
    desk.regroup(third, renamed, first)
    assert [request.id for request in desk.requests] == [chiyo, bram, ada]
    assert [request.position for request in desk.requests] == [1, 2, 3]
    assert desk.requests[1].referee_email == "b.dewit@example.org"
    assert desk.requests[1].corrected_at is None
    desk.regroup(DARA, desk.typed.referees[2], CHIYO)
    assert desk.names == ["Dara Quinn", "Prof. Ada Ferreira", "Chiyo Tanaka"]
    assert desk.requests[1].id == ada
    assert {bram, chiyo}.isdisjoint(request.id for request in desk.requests)
    assert facts(desk.story, desk.id) == [
        *(Fact.APPLICATION_CREATED, Fact.DRAFT_LINK_ASKED, *[Fact.APPLICATION_AMENDED] * 3)
    ]
    assert breaches(desk.story.house) == []


def test_reviewing_twice_is_as_good_as_once(desk: Desk) -> None:
    desk.review(SIGNED)
    before = facts(desk.story, desk.id)
    version = desk.application.typed_version
    assert list(desk.review(desk.typed)) == []
    assert (facts(desk.story, desk.id), desk.application.typed_version) == (before, version)


def test_an_id_that_is_not_of_this_draft_names_somebody_new(desk: Desk, story: Story) -> None:
    other = story.application(story.apply()).requests[0]
    foreign = replace(ADA, id=str(other.id))
    assert desk.review(replace(SIGNED, referees=(foreign, BRAM))) == ()
    assert other.id not in [request.id for request in desk.requests]
    assert story.application(other.application_id).requests[0].referee_name == other.referee_name
    mine, bram = desk.typed.referees
    desk.regroup(mine, replace(bram, id=mine.id))
    assert len({request.id for request in desk.requests}) == 2


# --- after they were alerted ------------------------------------------------------------------


def test_a_removed_referee_who_was_alerted_is_told(alerted: Desk) -> None:
    ada, bram = alerted.typed.referees
    alerted.regroup(CHIYO, bram)
    assert alerted.names == ["Chiyo Tanaka", "Dr. Bram de Wit"]
    gone = alerted.requests[-1]
    assert (gone.referee_name, gone.status) == ("Prof. Ada Ferreira", RequestStatus.CANCELLED)
    [told] = outbox(alerted.story.house, MessageKind.REQUEST_CANCELLED)
    assert told.request_id == gone.id
    alerted.regroup(*alerted.typed.referees, ada)
    assert alerted.names == ["Chiyo Tanaka", "Dr. Bram de Wit", "Prof. Ada Ferreira"]
    assert alerted.requests[2].id != gone.id
    assert breaches(alerted.story.house) == []


def test_who_was_let_go_is_no_referee_any_more(alerted: Desk) -> None:
    ada, bram = alerted.typed.referees
    alerted.regroup(CHIYO, bram)
    assert alerted.submit()
    with alerted.story.house.works.look(APPLICANT) as work:
        view = viewing.view_of(work, finding.application(work, alerted.id))
    assert [line.name for line in view.current] == ["Chiyo Tanaka", "Dr. Bram de Wit"]
    assert [line.name for line in view.replaced] == ["Prof. Ada Ferreira"]
    assert view.alerted == 1
    [row] = outbox(alerted.story.house, MessageKind.APPLICATION_SUBMITTED)
    mail = composed(alerted.story, row)
    assert mail is not None
    assert mail.facts["referee_names"] == ["Chiyo Tanaka", "Dr. Bram de Wit"]
    assert ada.name not in str(mail.facts)


def test_another_address_of_the_same_person_ends_the_link_and_allows_one_more_notice(
    alerted: Desk,
) -> None:
    ada, bram = alerted.typed.referees
    before = alerted.requests[0]
    alerted.regroup(
        replace(ada, email="a.ferreira@example.edu"), replace(bram, email="BRAM@example.org")
    )
    now = alerted.requests[0]
    assert (now.id, now.former_email, now.link_generation) == (
        before.id,
        "ada@example.edu",
        before.link_generation + 1,
    )
    assert alerted.requests[1].former_email is None
    alerted.alert()
    assert len(outbox(alerted.story.house, MessageKind.ADVANCE_NOTICE)) == 3
    assert outbox(alerted.story.house, MessageKind.REQUEST_CANCELLED) == []


def test_another_name_with_another_address_is_somebody_else(alerted: Desk) -> None:
    ada, bram = alerted.typed.referees
    before = alerted.requests[0].id
    alerted.regroup(replace(DARA, id=ada.id), bram)
    assert alerted.names == ["Dara Quinn", "Dr. Bram de Wit"]
    assert alerted.requests[2].id == before
    assert len(outbox(alerted.story.house, MessageKind.REQUEST_CANCELLED)) == 1


def test_who_declined_the_notice_does_not_count_and_can_be_replaced(alerted: Desk) -> None:
    acts.decline_early(alerted.story, alerted.id, 1)
    [problem] = alerted.review(alerted.typed)
    assert (problem.field, problem.values["count"]) == ("referees", 1)
    ada, bram = alerted.typed.referees
    alerted.regroup(ada, bram, CHIYO)
    assert [request.status for request in alerted.requests] == [
        *(RequestStatus.DECLINED, RequestStatus.NAMED, RequestStatus.NAMED)
    ]
    alerted.regroup(CHIYO, *alerted.typed.referees[1:2])
    assert [request.status for request in alerted.requests] == [
        *(RequestStatus.NAMED, RequestStatus.NAMED, RequestStatus.DECLINED)
    ]
    assert alerted.submit()


def test_an_address_that_the_referee_put_right_stands_in_the_form(alerted: Desk) -> None:
    version = alerted.application.typed_version
    acts.correct_address(alerted.story, alerted.id, "ada@new.example.edu")
    assert alerted.typed.referees[0].email == "ada@new.example.edu"
    assert alerted.application.typed_version == version + 1
    assert alerted.submit()
    assert alerted.requests[0].referee_email == "ada@new.example.edu"


# --- the waiver, and submitting ---------------------------------------------------------------


def _waiver(desk: Desk) -> tuple[object, ...]:
    found = desk.application
    return (found.waived, found.waiver_signed_as, found.waiver_signed_at, found.waiver_text)


def test_the_waiver_is_kept_with_its_words_and_signed_anew_only_when_it_changes(
    desk: Desk, clock: TestClock
) -> None:
    desk.review(SIGNED)
    clock.advance(A_DAY)
    assert _waiver(desk) == (True, "lea aubert", START, TEXT)
    desk.review(replace(desk.typed, waiver="waive", referees=(BRAM, ADA)))
    assert _waiver(desk) == (True, "lea aubert", START, TEXT)
    desk.review(replace(desk.typed, signature="Léa Aubert"))
    assert _waiver(desk) == (True, "Léa Aubert", START + A_DAY, TEXT)
    desk.review(replace(desk.typed, waiver="keep", signature=""))
    assert _waiver(desk) == (False, None, None, None)


def test_nobody_signs_words_that_they_were_not_shown(desk: Desk, clock: TestClock) -> None:
    new = "I waive it for good."
    desk.review(SIGNED)
    clock.advance(A_DAY)
    acts.reword_waiver(desk.story, new)
    [problem] = desk.review(desk.typed)
    assert problem.field == "waiver"
    assert "have changed since you opened this page" in str(problem)
    assert _waiver(desk) == (True, "lea aubert", START, TEXT)
    assert desk.review(desk.typed, new) == ()
    assert _waiver(desk) == (True, "lea aubert", START + A_DAY, new)
    assert desk.review(replace(desk.typed, waiver="keep", signature="")) == ()
    assert desk.submit()


def test_what_was_saved_since_the_review_is_not_submitted(desk: Desk) -> None:
    assert not desk.submit()
    desk.review(SIGNED)
    desk.save(replace(desk.typed, signature="somebody"), Press(Do.KEEP))
    assert not desk.submit()
    assert desk.review(replace(desk.typed, signature="Lea Aubert")) == ()
    assert desk.submit()
    assert desk.application.typed is None
    with pytest.raises(NotADraft):
        desk.submit()
    with pytest.raises(NotADraft):
        desk.save(SIGNED, Press(Do.SAVE))
    assert breaches(desk.story.house) == []


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_wrong_is_said_and_kept(desk: Desk, subtests: pytest.Subtests) -> None:
    own = replace(ADA, email="LEA@example.com")
    twice = replace(BRAM, email="Ada@example.edu")
    long = replace(ADA, title="T" * 40, name="n" * 100)
    cases: dict[str, tuple[Typed, list[str]]] = {
        "nothing": (Typed(), ["applicant.name", "referees", "waiver"]),
        "own address": (replace(SIGNED, referees=(own, BRAM)), ["referees.0.email"]),
        "twice": (replace(SIGNED, referees=(ADA, EMPTY, twice)), ["referees.2.email"]),
        "no address": (
            replace(SIGNED, referees=(replace(ADA, email=""), replace(BRAM, name=" "))),
            ["referees.0.email", "referees.1.name"],
        ),
        "a link": (
            replace(SIGNED, referees=(replace(ADA, title="www.x.example"), BRAM)),
            ["referees.0.title"],
        ),
        "no name": (replace(SIGNED, referees=(replace(ADA, name=""), BRAM)), ["referees.0.name"]),
        "too long": (replace(SIGNED, referees=(long, BRAM)), ["referees.0.name"]),
        "too few": (replace(SIGNED, referees=(ADA,)), ["referees"]),
        "too many": (
            replace(
                SIGNED,
                referees=tuple(replace(ADA, email=f"a{n}@example.edu") for n in range(5)),
            ),
            ["referees"],
        ),
        "another's name": (replace(SIGNED, signature="Lea"), ["signature"]),
        "not signed": (replace(SIGNED, signature=""), ["signature"]),
        "not chosen": (replace(SIGNED, waiver=""), ["waiver"]),
    }
    for name, (typed, fields) in cases.items():
        with subtests.test(name):
            assert [problem.field for problem in desk.review(typed)] == fields
            assert (desk.typed, desk.requests) == (typed, [])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_review_of_an_older_form_is_refused_and_saves_nothing(desk: Desk) -> None:
    desk.save(SIGNED, Press(Do.SAVE))
    with desk.story.house.works.change(APPLICANT) as work, pytest.raises(DraftChanged):
        reviewing.review(
            work, desk.story.status_token(desk.id), replace(SIGNED, name="Lea A."), 0, TEXT, ""
        )
    assert desk.typed == SIGNED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_title_that_was_typed_twice_stands_once(desk: Desk) -> None:
    doubled = replace(ADA, name="prof. Ada Ferreira")
    assert desk.review(replace(SIGNED, referees=(doubled, BRAM))) == ()
    assert desk.names == ["prof. Ada Ferreira", "Dr. Bram de Wit"]
