"""What is noticed about referees is found once, kept, and checked by people; nothing follows."""

from dataclasses import replace
from uuid import UUID

import pytest

from letters.domain.errors import InvalidInput
from letters.domain.journal import ActorKind, Fact
from letters.domain.signals import SignalKind
from letters.domain.text import mailbox_key
from letters.house import House
from letters.records import Application
from letters.services import finding, retaining
from letters.services.applying import NewReferee
from letters.services.finding_signals import find_signals
from letters.services.happening import happened
from letters.services.signal_grounds import checks_of
from letters.services.work import Actor
from tests.services import scenes, signals
from tests.services.keeping import listed_by
from tests.services.signals import GMAIL, noticed
from tests.support.clock import TestClock
from tests.support.people import A_DAY, DUE, FELLOWSHIP, REFEREES, START, SYSTEM, Story, tell
from tests.support.statements import counted

ADA = REFEREES[0]
AT_HOME = "0123456789abcdef0123456789abcdef"
APPLICANT_AT_HOME = Actor(ActorKind.APPLICANT, "web", place=AT_HOME)
REFEREE_AT_HOME = Actor(ActorKind.REFEREE, "web", place=AT_HOME)


def test_who_writes_from_an_institution_is_not_noticed(story: Story) -> None:
    application_id = story.apply()
    assert signals.look(story) == 0
    assert noticed(story, application_id) == {}


def test_a_free_mailbox_is_noticed_once_and_nobody_is_mailed(story: Story) -> None:
    application_id = story.apply(signals.naming(GMAIL))
    mails = len(scenes.outbox(story.house))
    assert [signals.look(story) for _ in range(3)] == [1, 0, 0]
    assert noticed(story, application_id) == {SignalKind.FREE_MAIL: {"domain": "gmail.com"}}
    (entry,) = [
        e for e in scenes.journal(story.house, application_id) if e.fact is Fact.SIGNAL_FOUND
    ]
    assert (entry.actor_kind, entry.details) == (ActorKind.SYSTEM, {"kind": "free_mail"})
    assert len(scenes.outbox(story.house)) == mails
    assert scenes.breaches(story.house) == []


def test_a_draft_is_looked_at_once_it_is_submitted(story: Story) -> None:
    draft = story.apply(signals.naming(GMAIL), submit=False)
    assert signals.look(story) == 0
    scenes.submit(story, draft)
    assert signals.look(story) == 1


def test_long_after_the_due_date_nobody_is_looked_at(story: Story, clock: TestClock) -> None:
    story.apply(signals.naming(GMAIL))
    clock.set(DUE + 61 * A_DAY)
    assert signals.look(story) == 0


def test_in_the_archive_nobody_is_looked_at(story: Story) -> None:
    story.apply(signals.naming(GMAIL))
    with story.house.works.change(SYSTEM) as work:
        finding.program_by_slug(work, story.slug).archived_at = work.now
    assert signals.look(story) == 0


def test_who_was_erased_is_not_looked_at(story: Story) -> None:
    application_id = story.apply(signals.naming(GMAIL))
    scenes.change_request(story, application_id, 1, referee_email="", erased_at=START)
    assert signals.look(story) == 0
    erased, other = story.application(application_id).requests
    assert erased.examined_at is None
    assert other.examined_at is not None


def test_asked_to_stop_it_goes_on_later(story: Story) -> None:
    for number in range(3):
        story.apply(signals.naming(GMAIL, number))
    turns = iter([True, True, False])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("letters.services.finding_signals.PAGE", 2)
        found = find_signals(story.house.works, SYSTEM, lambda: next(turns))
        assert (found, signals.look(story)) == (2, 1)


# --- domains ----------------------------------------------------------------------------------


def test_a_domain_is_known_once_three_referees_of_the_program_are_there(story: Story) -> None:
    fake = NewReferee("Prof. Ada Ferreira", "ada@lakeside-univeristy.example")
    for number in range(3):
        real = NewReferee(f"Dr. No. {number}", f"no.{number}@lakeside-university.example")
        first = story.apply(signals.naming(replace(fake, email=f"x{number}@other.example"), 9))
        story.apply(signals.naming(real, number))
        signals.readdress(story, first, fake.email)
        signals.look(story)
    late = story.apply(signals.naming(fake, 10))
    signals.look(story)
    assert noticed(story, late)[SignalKind.LOOKALIKE] == {
        "domain": "lakeside-univeristy.example",
        "known": "lakeside-university.example",
    }


def test_another_programs_domains_are_its_own(house: House, story: Story) -> None:
    other = tell(house, FELLOWSHIP)
    for number in range(3):
        new = signals.naming(NewReferee(f"Dr. No. {number}", f"no.{number}@lake.example"), number)
        other.apply(replace(new, referees=[*new.referees, REFEREES[2]]))
    suspect = story.apply(signals.naming(NewReferee("Ada Ferreira", "ada@1ake.example")))
    signals.look(story)
    assert SignalKind.LOOKALIKE not in noticed(story, suspect)


def test_the_programs_and_the_applicants_own_domains_are_known(story: Story) -> None:
    suspect = story.apply(signals.naming(NewReferee("Ada Ferreira", "ada@a1pine.example.org")))
    signals.look(story)
    assert noticed(story, suspect)[SignalKind.LOOKALIKE]["known"] == "alpine.example.org"


# --- the same address elsewhere ---------------------------------------------------------------


def test_five_applicants_for_one_teacher_are_told_once_and_ten_anew(story: Story) -> None:
    made = [story.apply(signals.naming(ADA, number)) for number in range(4)]
    assert signals.look(story) == 0
    made += [story.apply(signals.naming(ADA, number)) for number in range(4, 9)]
    assert signals.look(story) == 5
    signals.check(story, made[4])
    assert [noticed(story, one) for one in made] == [{}] * 9
    again = story.apply(signals.naming(ADA, 3))  # whom we know: nine applicants as before
    assert signals.look(story) == 0
    assert signals.signals_of(story, again)[0].checked_at is not None
    tenth = story.apply(signals.naming(ADA, 10))
    signals.look(story)
    assert noticed(story, tenth) == {SignalKind.MANY_APPLICANTS: {"at_least": 10}}


def test_who_has_another_name_than_others_gave_the_address_is_noticed(story: Story) -> None:
    usual = [story.apply(signals.naming(ADA, number)) for number in range(2)]
    odd = story.apply(signals.naming(replace(ADA, name="Dr. Gil Moreno"), 3))
    late = story.apply(signals.naming(replace(ADA, name="A. Ferreira"), 4))
    signals.look(story)
    assert noticed(story, odd) == {SignalKind.OTHER_NAME: {}}
    assert [noticed(story, one) for one in (*usual, late)] == [{}] * 3


# --- changes ----------------------------------------------------------------------------------


def test_another_address_is_looked_at_anew_and_the_former_signal_goes(story: Story) -> None:
    application_id = scenes.requested(story, signals.naming(GMAIL))
    signals.look(story)
    signals.readdress(story, application_id, "ada@mailinator.com")
    assert signals.look(story) == 1
    assert noticed(story, application_id) == {SignalKind.DISPOSABLE: {"domain": "mailinator.com"}}
    signals.check(story, application_id)
    signals.readdress(story, application_id, ADA.email)
    assert signals.look(story) == 0
    assert signals.signals_of(story, application_id) == []


def test_what_is_said_of_another_domain_has_to_be_checked_again(story: Story) -> None:
    application_id = scenes.requested(story, signals.naming(GMAIL))
    signals.look(story)
    signals.check(story, application_id)
    signals.readdress(story, application_id, "ada@gmx.net")
    assert signals.look(story) == 1
    assert noticed(story, application_id) == {SignalKind.FREE_MAIL: {"domain": "gmx.net"}}


# --- marking as checked -----------------------------------------------------------------------


def test_an_address_is_checked_wherever_the_program_has_it(story: Story) -> None:
    first, second = (story.apply(signals.naming(GMAIL, number)) for number in (1, 2))
    signals.look(story)
    signals.check(story, first, "She confirmed it on the phone.")
    assert (noticed(story, first), noticed(story, second)) == ({}, {})
    third = story.apply(signals.naming(GMAIL, 3))
    assert signals.look(story) == 0
    assert noticed(story, third) == {}
    signals.uncheck(story, third)
    assert [len(noticed(story, one)) for one in (first, second, third)] == [1, 1, 1]
    assert scenes.facts(story, first)[-1] is Fact.SIGNAL_CHECKED
    assert scenes.facts(story, third)[-1] is Fact.SIGNAL_UNCHECKED
    assert scenes.breaches(story.house) == []


@pytest.mark.parametrize("checked", [False, True])
def test_on_however_many_applications_a_referee_is_as_little_is_read(
    story: Story, checked: bool
) -> None:
    taken, first = [], story.apply(signals.naming(GMAIL, 0))
    for number in range(1, 9):
        story.apply(signals.naming(GMAIL, number))
        with counted(story.house.database.engine) as statements, signals.read() as rows:
            signals.look(story)
        taken.append((len(statements), len(rows)))
        if number == 1 and checked:
            signals.check(story, first)
    assert taken[5:] == [taken[7]] * 3
    with story.house.works.look(SYSTEM) as work:
        program_id = work.session.get_one(Application, first).program_id
        checks = checks_of(work, program_id, [mailbox_key(GMAIL.email)])
    assert [check.details for check in checks] == [{"domain": "gmail.com"}] * checked


def test_marking_twice_is_as_good_as_once(story: Story) -> None:
    application_id = story.apply(signals.naming(GMAIL))
    signals.look(story)
    for mark in (signals.uncheck, signals.check, signals.check):
        mark(story, application_id)
    assert scenes.facts(story, application_id).count(Fact.SIGNAL_CHECKED) == 1
    assert Fact.SIGNAL_UNCHECKED not in scenes.facts(story, application_id)


def test_a_reason_that_is_too_long_marks_nothing(story: Story) -> None:
    application_id = story.apply(signals.naming(GMAIL))
    signals.look(story)
    with pytest.raises(InvalidInput):
        signals.check(story, application_id, "x" * 1001)
    assert len(noticed(story, application_id)) == 1


# --- from where a letter comes ----------------------------------------------------------------


def act_from_home(story: Story, application_id: UUID) -> None:
    """Let the applicant do something, from home."""
    with story.house.works.change(APPLICANT_AT_HOME) as work:
        application = finding.application(work, application_id, lock=True)
        happened(work, Fact.MAIL_CHOICE_CHANGED, application)


def test_a_letter_from_the_applicants_browser_is_noticed(story: Story) -> None:
    application_id = scenes.requested(story)
    signals.send_from_the_applicants_browser(story, application_id)
    assert noticed(story, application_id) == {SignalKind.SAME_PLACE: {"how": "browser"}}
    entry = scenes.journal(story.house, application_id)[-1]
    assert (entry.fact, entry.actor_kind) == (Fact.SIGNAL_FOUND, ActorKind.SYSTEM)
    assert signals.look(story) == 0
    assert len(noticed(story, application_id)) == 1


def test_another_applicants_pages_are_no_matter(story: Story) -> None:
    other, application_id = story.apply(), scenes.requested(story, scenes.NOOR)
    sender = Actor(ActorKind.REFEREE, "web", opened=[other])
    signals.send_as(story, application_id, sender)
    assert noticed(story, application_id) == {}


def test_a_letter_from_the_applicants_connection_is_noticed(story: Story) -> None:
    application_id = scenes.requested(story)
    act_from_home(story, application_id)
    signals.send_as(story, application_id, REFEREE_AT_HOME)
    assert noticed(story, application_id) == {SignalKind.SAME_PLACE: {"how": "network"}}


def test_a_letter_from_elsewhere_is_not(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    act_from_home(story, application_id)
    for place in ("", "f" * 32):
        signals.send_as(story, application_id, replace(REFEREE_AT_HOME, place=place))
    clock.advance(61 * A_DAY)
    assert noticed(story, application_id) == {}


def test_a_version_from_there_again_does_not_undo_the_check(story: Story) -> None:
    application_id = scenes.requested(story)
    act_from_home(story, application_id)
    signals.send_as(story, application_id, REFEREE_AT_HOME)
    signals.check(story, application_id)
    signals.send_as(story, application_id, REFEREE_AT_HOME)
    assert noticed(story, application_id) == {}
    signals.send_from_the_applicants_browser(story, application_id)
    assert noticed(story, application_id) == {SignalKind.SAME_PLACE: {"how": "browser"}}


def test_where_applicants_were_is_forgotten_with_the_letters(
    story: Story, clock: TestClock
) -> None:
    application_id = scenes.requested(story)
    act_from_home(story, application_id)
    scenes.send_letter(story, application_id)
    assert list(story.application(application_id).places) == [AT_HOME]
    listed_by(story.house, clock, scenes.CLOSES + 400 * A_DAY)
    retaining.purge(story.house.works, SYSTEM)
    assert story.application(application_id).places == {}
