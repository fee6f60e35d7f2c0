"""A digest says everything that is new, in its section, and nothing that is no longer true."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import delete

from letters.domain.season import Bar
from letters.ports import Message
from letters.records import OutboxStatus, program_coordinators
from letters.services import finding
from tests.services import acts, scenes
from tests.services.digests import (
    AN_HOUR,
    SEVEN_IN_ZURICH,
    digests,
    newest,
    plan,
    programs_in,
    reached,
    told,
)
from tests.services.failing import REFUSED
from tests.services.scenes import NOOR, Postbox
from tests.support.clock import TestClock
from tests.support.people import (
    A_DAY,
    DUE,
    INTERNSHIP,
    MIRA,
    SYSTEM,
    Story,
    tell,
)


def tell_so_far(story: Story) -> None:
    """Hand over a digest of all that happened until now."""
    assert plan(story, at_once=True) == 1
    scenes.mail_all(story.house)


def test_everything_that_is_new_stands_in_its_section(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    story.apply(submit=False)
    story.apply(replace(MIRA, applicant_name="Wanda"))
    complete = scenes.requested(story, replace(MIRA, applicant_name="Carla"))
    declined = scenes.requested(story, replace(MIRA, applicant_name="Dora"))
    unreachable = scenes.requested(story, replace(MIRA, applicant_name="Ute"))
    for position in (1, 2):
        scenes.send_letter(story, complete, position)
    scenes.decline(story, declined)
    acts.decline_early(story, story.apply(NOOR, submit=False))
    refuse_mail_about(story, unreachable)
    clock.set(DUE + AN_HOUR)
    plan(story)
    ada, bram = "Prof. Ada Ferreira", "Dr. Bram de Wit"
    assert told(story.house) == {
        "overdue": [("Dora", bram), ("Ute", ada), ("Ute", bram)],
        "declined": [("Dora", ada), ("Noor Haddad", ada)],
        "submitted": [(name, None) for name in ("Wanda", "Carla", "Dora", "Ute")],
        "complete": [("Carla", None)],
        "letters_in": [("Carla", ada), ("Carla", bram)],
    }
    assert digests(story.house)[0].coordinator_id == cora


def test_who_has_left_a_program_meanwhile_is_told_nothing_of_it(story: Story, cora: UUID) -> None:
    stays = story.add_coordinator("dan@alpine.example.org", "Dan")
    story.apply()
    assert plan(story, at_once=True) == 2
    of_cora = program_coordinators.c.coordinator_id == cora
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(delete(program_coordinators).where(of_cora))
    scenes.mail_all(story.house)
    sent = {row.coordinator_id: row.status for row in digests(story.house)}
    assert sent == {cora: OutboxStatus.CANCELLED, stays: OutboxStatus.SENT}


def refuse_mail_about(story: Story, application_id: UUID) -> None:
    """Give up the request to the first referee of one application, and deliver the others."""
    token = story.upload_token(application_id)

    def refuse(message: Message) -> None:
        if token in message.text:
            raise REFUSED

    scenes.deliver_to(story.house, Postbox(while_sending=refuse))


def test_a_digest_gives_the_season_in_numbers_and_where_to_go(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    application_id = story.apply()
    story.apply(NOOR, submit=False)
    clock.advance(A_DAY)
    plan(story)
    (row,) = digests(story.house)
    (program,) = programs_in(story.house, row)
    assert (program.title, program.organization, program.due_at, program.zone) == (
        INTERNSHIP.title,
        INTERNSHIP.organization,
        DUE,
        "Europe/Zurich",
    )
    assert (program.season, list(program.bar)) == (Bar(not_asked=1), [0, 0, 0, 100])
    assert program.days_left == 58
    assert program.url == "http://127.0.0.1:8000/coordinate/programs/alpine-summer"
    for section in (*program.needs, *program.sections):
        (line,) = section.lines
        assert line.url == f"http://127.0.0.1:8000/coordinate/applications/{application_id}"
    assert row.coordinator_id == cora


def test_only_the_programs_a_coordinator_runs_are_told_of(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    fellowship = scenes.automatic(story.house)
    fellowship.add_coordinator("chris@example.org", "Chris")
    application_id = fellowship.apply(NOOR)
    scenes.send_letter(fellowship, application_id)
    clock.advance(A_DAY)
    assert plan(story) == 1
    assert digests(story.house)[0].coordinator_id != cora
    assert told(story.house) == {
        "submitted": [("Noor Haddad", None)],
        "letters_in": [("Noor Haddad", "Prof. Ada Ferreira")],
    }


def test_two_programs_stand_in_one_digest_soonest_due_first(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    sooner = tell(story.house, replace(INTERNSHIP, slug="sooner", due_at=DUE - A_DAY))
    sooner.add_coordinator()
    for each in (story, sooner):
        each.apply()
    clock.advance(A_DAY)
    assert plan(story) == 1
    found = programs_in(story.house, digests(story.house)[0])
    assert [program.due_at for program in found] == [DUE - A_DAY, DUE]
    assert digests(story.house)[0].coordinator_id == cora


def test_a_letter_is_late_when_the_later_of_both_dates_has_passed(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, extended_due_at=DUE + A_DAY)
    tell_so_far(story)
    with story.house.works.change(SYSTEM) as work:
        finding.application(work, application_id).program.due_at = DUE + 2 * A_DAY
    clock.set(SEVEN_IN_ZURICH.replace(month=4, day=3))
    assert not plan(story)
    clock.set(SEVEN_IN_ZURICH.replace(month=4, day=4))
    assert plan(story)
    assert told(story.house) == {
        "overdue": [("Mira Lindqvist", "Prof. Ada Ferreira"), ("Mira Lindqvist", "Dr. Bram de Wit")]
    }
    assert digests(story.house)[0].coordinator_id == cora


def test_a_late_letter_is_told_of_once_when_its_own_date_has_passed(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, extended_due_at=DUE + 3 * A_DAY)
    tell_so_far(story)
    seen = []
    for day in range(6):
        clock.set(SEVEN_IN_ZURICH.replace(month=4, day=1 + day))
        planned = plan(story)
        if planned:
            seen.append((clock.now().day, told(story.house)))
            scenes.mail_all(story.house)
    assert seen == [
        (2, {"overdue": [("Mira Lindqvist", "Dr. Bram de Wit")]}),
        (5, {"overdue": [("Mira Lindqvist", "Prof. Ada Ferreira")]}),
    ]
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


def test_a_letter_that_is_asked_for_in_the_grace_time_is_late_from_then_on(
    story: Story, cora: UUID, clock: TestClock
) -> None:
    application_id = story.apply()
    tell_so_far(story)
    clock.set(DUE + AN_HOUR)
    plan(story)
    scenes.mail_all(story.house)

    clock.advance(AN_HOUR)
    scenes.select_for_letters(story, application_id)
    clock.advance(A_DAY)
    assert plan(story) == 1
    (program,) = programs_in(story.house, digests(story.house)[-1])
    lines = {section.section: section.lines for section in program.sections}
    assert [(line.referee_name, line.at) for line in lines["overdue"]] == [
        ("Prof. Ada Ferreira", DUE + 2 * AN_HOUR),
        ("Dr. Bram de Wit", DUE + 2 * AN_HOUR),
    ]
    scenes.mail_all(story.house)
    clock.advance(A_DAY)
    assert plan(story) == 0
    assert {row.coordinator_id for row in digests(story.house)} == {cora}


def test_what_is_no_longer_true_is_left_out(story: Story, cora: UUID, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    tell_so_far(story)
    scenes.decline(story, application_id)
    scenes.take_back(story, application_id)
    reconsidered = story.apply(NOOR, submit=False)
    acts.decline_early(story, reconsidered)
    acts.welcome(story, reconsidered)
    clock.advance(A_DAY)
    assert plan(story) == 0
    assert reached(story, cora)[0] == newest(story)
