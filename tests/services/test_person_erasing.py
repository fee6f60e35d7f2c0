"""One person is erased on request, everywhere, and what must remain is said."""

from uuid import UUID

import pytest

from letters.domain.drafts import Typed, TypedReferee
from letters.domain.erasing import ERASED, Remains
from letters.domain.errors import InvalidInput, LinkErased, LinkInvalid, UnknownPerson
from letters.domain.journal import Fact
from letters.ports import Purpose
from letters.services import exporting, finding, lost_links
from tests.services import acts, scenes
from tests.services.keeping import hold
from tests.services.person import (
    ADDRESS,
    AS_APPLICANT,
    NAMES_HER,
    SURNAME,
    add_api_key,
    add_her_as_coordinator,
    comes_in_every_part,
    erase,
    foreseen,
    stop_working,
    traces,
)
from tests.services.scenes import Postbox, deliver_to, mail_all
from tests.support.clock import TestClock
from tests.support.people import A_DAY, SYSTEM, Story

CLOSED = scenes.CLOSES + A_DAY


def remains(story: Story) -> list[tuple[str, Remains | None]]:
    return [(part.what, part.remains) for part in foreseen(story).remaining]


@pytest.fixture
def both(story: Story, clock: TestClock) -> tuple[UUID, UUID]:
    """She applied and was named as a referee, and all of it has closed; no mail is under way."""
    add_api_key(story)
    found = comes_in_every_part(story)
    clock.set(CLOSED)
    mail_all(story.house)
    return found


# --- nothing is left --------------------------------------------------------------------------


@pytest.mark.usefixtures("both")
def test_nothing_of_her_is_left_in_any_table_or_file(story: Story) -> None:
    add_her_as_coordinator(story)
    stop_working(story, _coordinator(story))
    kept = {"applications.applicant_name", "letter_requests.referee_name", "coordinators.email"}
    assert kept <= set(traces(story.house, SURNAME, ADDRESS))
    assert len(scenes.files(story.house)) == 2

    outcome = erase(story)

    assert [part.what for part in outcome.erased] == ["application", "request", "coordinator"]
    assert (outcome.remaining, outcome.files_left) == ([], 0)
    assert traces(story.house, SURNAME, ADDRESS, "zinnia") == []
    assert scenes.files(story.house) == {}
    assert all(letter.purged_at is not None for letter in scenes.letters(story.house))
    assert scenes.breaches(story.house) == []
    with pytest.raises(UnknownPerson):
        erase(story)


def _coordinator(story: Story) -> UUID:
    with story.house.works.look(SYSTEM) as work:
        return finding.coordinator_by_email(work, ADDRESS).id


def test_what_must_remain_remains(story: Story, both: tuple[UUID, UUID]) -> None:
    applied, named = both
    length = len(scenes.journal(story.house))
    erase(story)
    assert scenes.statuses(story, applied) == ["selected", "received", "cancelled"]
    assert scenes.statuses(story, named) == ["selected", "received", "requested"]
    assert len(scenes.journal(story.house)) > length
    assert Fact.APPLICANT_ERASED in scenes.facts(story, applied)
    assert Fact.REFEREE_ERASED in scenes.facts(story, named)
    mira = story.application(named)
    assert (mira.applicant_name, mira.requests[1].referee_name) == (
        "Mira Lindqvist",
        "Dr. Bram de Wit",
    )
    assert (mira.requests[0].referee_name, mira.requests[0].referee_email) == (ERASED, "")
    found = story.application(applied)
    assert (found.applicant_name, found.applicant_email) == (ERASED, "")
    assert found.requests[0].referee_name == "Prof. Ada Ferreira"


def test_links_searches_and_exports_know_her_no_more(story: Story, both: tuple[UUID, UUID]) -> None:
    applied, named = both
    status, upload = story.status_token(applied), story.upload_token(named)
    erase(story)
    with story.house.works.look(SYSTEM) as work:
        for purpose in (Purpose.STATUS, Purpose.APPLICATIONS):
            with pytest.raises((LinkErased, LinkInvalid)):
                finding.application_behind(work, status, purpose)
        with pytest.raises(LinkErased):
            finding.request_behind(work, Purpose.UPLOAD, upload)
        program = finding.program_by_slug(work, story.slug)
    states = "".join(exporting.states(story.house.works, SYSTEM, program.id))
    assert ERASED in states
    assert SURNAME not in states
    archive = b"".join(exporting.archive(story.house.works, SYSTEM, program.id))
    assert SURNAME.encode() not in archive
    assert b"deleted" in archive


def test_no_mail_goes_to_who_was_erased(story: Story, both: tuple[UUID, UUID]) -> None:
    applied, _ = both
    erase(story)
    with story.house.works.change(SYSTEM) as work:
        lost_links.promise_links(work, finding.application(work, applied, lock=True))
    postbox = Postbox()
    assert deliver_to(story.house, postbox) == 1
    assert postbox.messages == []
    assert scenes.breaches(story.house) == []


# --- what cannot go yet -----------------------------------------------------------------------


def test_nothing_goes_while_others_rely_on_it(story: Story) -> None:
    applied = scenes.requested(story, AS_APPLICANT)
    received, asked, declined = (scenes.requested(story, NAMES_HER) for _ in range(3))
    scenes.send_letter(story, received)
    scenes.decline(story, declined)
    mail_all(story.house)
    with scenes.nothing_changed(story.house):
        outcome = foreseen(story)
    running = {part.row_id: part.remains for part in outcome.remaining}
    first = {x: story.application(x).requests[0].id for x in (received, asked)}
    assert running[applied] is Remains.RUNNING
    assert running[first[received]] is Remains.LETTER_COUNTS
    assert running[first[asked]] is Remains.RUNNING


def test_with_withdraw_the_mails_go_first(story: Story, clock: TestClock) -> None:
    applied = scenes.requested(story, AS_APPLICANT)
    asked = scenes.requested(story, NAMES_HER)
    alerted = story.apply(NAMES_HER)
    scenes.give_notices(story, alerted)
    mail_all(story.house)
    clock.advance(A_DAY)
    mail_all(story.house)
    outcome = erase(story, withdraw=True)
    assert outcome.erased == []
    assert {part.remains for part in outcome.remaining} == {Remains.MAIL_UNDER_WAY}
    assert scenes.statuses(story, applied)[0] == "withdrawn"
    assert scenes.statuses(story, asked)[1] == "declined"
    assert scenes.statuses(story, alerted)[1] == "declined"
    postbox = Postbox()
    for _ in range(4):
        deliver_to(story.house, postbox)
        clock.advance(A_DAY)
    assert any(SURNAME in message.text for message in postbox.messages)
    done = erase(story, withdraw=True)
    assert (len(done.erased), done.remaining) == (3, [])
    assert traces(story.house, SURNAME, ADDRESS) == []
    assert scenes.breaches(story.house) == []


def test_a_legal_hold_keeps_all_of_it(story: Story, both: tuple[UUID, UUID]) -> None:
    applied, named = both
    hold(story, applied)
    assert remains(story) == [("application", Remains.HELD)]
    outcome = erase(story)
    assert [part.what for part in outcome.erased] == ["request"]
    assert [part.remains for part in outcome.remaining] == [Remains.HELD]
    assert story.application(applied).applicant_name == f"Zinnia {SURNAME}"
    assert story.application(named).requests[0].referee_name == ERASED


def test_who_works_here_stays_a_coordinator(story: Story) -> None:
    coordinator_id = add_her_as_coordinator(story)
    assert remains(story) == [("coordinator", Remains.WORKS_HERE)]
    assert erase(story).erased == []
    stop_working(story, coordinator_id)
    assert [part.what for part in erase(story).erased] == ["coordinator"]
    assert traces(story.house, SURNAME, ADDRESS) == []


def test_a_draft_that_nobody_heard_of_goes_at_once(story: Story) -> None:
    story.apply(AS_APPLICANT, submit=False)
    assert [part.what for part in erase(story).erased] == ["application"]
    assert traces(story.house, SURNAME, ADDRESS) == []
    postbox = Postbox()
    deliver_to(story.house, postbox)
    assert postbox.messages == []
    assert scenes.breaches(story.house) == []


# --- asking wrongly, and being interrupted ----------------------------------------------------


@pytest.mark.usefixtures("both")
def test_a_reason_is_needed_and_does_not_name_her(story: Story) -> None:
    with scenes.nothing_changed(story.house):
        for reason in ("", " ", f"{SURNAME} asked.", f"Mail from {ADDRESS}."):
            with pytest.raises(InvalidInput):
                erase(story, reason=reason)


def test_interrupted_it_goes_on_where_it_was(
    story: Story, both: tuple[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    applied, named = both

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(type(story.house.works.tools.store), "delete", interrupted)
        with pytest.raises(KeyboardInterrupt):
            erase(story)
    assert story.application(applied).applicant_name == ERASED
    assert story.application(named).requests[0].referee_name != ERASED
    assert [part.what for part in erase(story).erased] == ["request"]
    assert traces(story.house, SURNAME, ADDRESS) == []


def test_who_was_typed_into_a_draft_of_somebody_else(story: Story, clock: TestClock) -> None:
    draft = acts.begin_draft(story)
    typed = Typed("Lea", (TypedReferee(name=SURNAME, email=ADDRESS), TypedReferee(name="Ada")))
    scenes.change_application(story, draft, typed=typed.as_json(), typed_version=3)
    mail_all(story.house)
    assert remains(story) == [("draft", Remains.RUNNING)]
    assert erase(story).erased == []
    clock.set(CLOSED)
    assert [part.what for part in erase(story).erased] == ["draft"]
    found = story.application(draft)
    assert found.typed is not None
    assert [one["name"] for one in found.typed["referees"]] == ["", "Ada"]
    assert found.typed_version == 4
    assert traces(story.house, SURNAME, ADDRESS) == []
