"""The example season: every state that matters, lived by the services, nothing amiss."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from letters.adapters.mailer import read_folder
from letters.demo import cast, season
from letters.demo.cast import Deed
from letters.demo.crowd import crowd
from letters.demo.programs import FELLOWSHIP, INTERNSHIP, SEARCH
from letters.demo.season import PastClock
from letters.domain.journal import MessageKind
from letters.domain.policy import RequestPolicy
from letters.domain.progress import Standing
from letters.domain.status import RequestStatus
from letters.domain.telling import NEWS
from letters.domain.wrong_letter import Mark
from letters.house import House
from letters.records import (
    Application,
    JournalEntry,
    Letter,
    OutboxMessage,
    OutboxStatus,
    Program,
)
from letters.services.verifying import verify
from letters.services.viewing import progress_of
from tests.support.houses import InProcessInspector, SqliteDatabases, house_on, settings_for
from tests.support.people import SYSTEM
from tests.support.thorough import rounds

NOW = datetime(2027, 3, 10, 15, 30, tzinfo=UTC)
NOT_YET_POSSIBLE = {Standing.INCOMPLETE, Standing.WITHDRAWN}
"""A program that has closed by now is no fun to look at, and nobody can withdraw yet."""


@pytest.fixture(scope="module")
def lived(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house in which the season was lived, once for all these tests."""
    clock = PastClock(NOW)
    with sqlite_databases.fresh() as url:
        settings = settings_for(url, tmp_path_factory.mktemp("season"))
        with house_on(settings, clock, InProcessInspector(reads=True)) as house:
            season.load(house, clock, NOW)
            clock.at = NOW
            yield house


def _applications(house: House) -> Sequence[Application]:
    whole = select(Application).options(
        joinedload(Application.program), selectinload(Application.requests)
    )
    with house.works.look(SYSTEM) as work:
        return work.session.scalars(whole).all()


def _by_standing(house: House) -> Counter[Standing]:
    with house.works.look(SYSTEM) as work:
        return Counter(
            progress_of(work, application).standing
            for application in work.session.scalars(select(Application))
        )


def test_every_standing_that_there_can_be(lived: House) -> None:
    assert set(_by_standing(lived)) == set(Standing) - NOT_YET_POSSIBLE


def test_about_a_dozen_applications_in_all_states_that_matter(lived: House) -> None:
    applications = _applications(lived)
    requests = [request for application in applications for request in application.requests]

    assert 10 <= len(applications) <= 15
    assert any(r.noticed_at and r.status is RequestStatus.NAMED for r in requests)
    assert any(r.status is RequestStatus.DECLINED and r.decline_reason for r in requests)
    assert any((r.current_version or 0) > 1 for r in requests)
    assert any(len(application.requests) == 1 for application in applications)


def test_the_programs_are_as_the_demo_promises(lived: House) -> None:
    with lived.works.look(SYSTEM) as work:
        programs = {program.slug: program for program in work.session.scalars(select(Program))}

    internship, fellowship = programs[INTERNSHIP], programs[FELLOWSHIP]
    assert internship.request_policy is RequestPolicy.SELECTED
    assert (internship.min_letters, internship.max_letters) == (2, 4)
    assert internship.grace_hours == 48
    assert timedelta(weeks=2) < internship.due_at - NOW < timedelta(weeks=6)
    assert fellowship.request_policy is RequestPolicy.AUTOMATIC
    assert fellowship.min_letters == 3
    late = programs[SEARCH].terms
    assert late.due_at < NOW < late.closes_at


def test_every_domain_is_an_example(lived: House) -> None:
    addresses = [mail["To"] for mail in read_folder(lived.mail_folder)]
    for application in _applications(lived):
        addresses += [application.applicant_email, application.program.contact_email]
        addresses += [request.referee_email for request in application.requests]

    domains = {address.rpartition("@")[2] for address in addresses}
    assert all(domain.split(".")[-2] == "example" for domain in domains), domains


def test_all_that_must_hold_does_hold(lived: House) -> None:
    with lived.works.look(SYSTEM) as work:
        assert verify(work) == []


def test_nothing_happened_in_the_future_and_every_mail_was_sent_in_its_time(lived: House) -> None:
    with lived.works.look(SYSTEM) as work:
        facts = work.session.scalars(select(JournalEntry.at)).all()
        mails = work.session.scalars(select(OutboxMessage)).all()

    assert max(facts) < NOW
    assert min(facts) > NOW - timedelta(days=cast.DAYS_PLAYED + 1)
    sent = [mail for mail in mails if mail.status is OutboxStatus.SENT]
    waiting = [mail for mail in mails if mail.status is OutboxStatus.QUEUED]
    assert [(mail.kind, mail.not_before > NOW) for mail in waiting] == [
        (MessageKind.CONFIRM_LETTER, True)
    ]
    dropped = [mail for mail in mails if mail not in sent and mail not in waiting]
    completed = [mail for mail in sent if mail.kind is MessageKind.ALL_IN]
    assert {(mail.kind, mail.status) for mail in dropped} == {
        (MessageKind.LETTER_ARRIVED, OutboxStatus.CANCELLED)
    }
    assert len(dropped) == len(completed)
    assert all(mail.sent_at == mail.created_at for mail in sent)
    assert len(read_folder(lived.mail_folder)) == len(sent)


def test_applicants_are_told_what_happens_by_itself(lived: House) -> None:
    with lived.works.look(SYSTEM) as work:
        sent = select(OutboxMessage.kind).where(OutboxMessage.status == OutboxStatus.SENT)
        kinds = set(work.session.scalars(sent))

    nobody_bounced_or_closed = {MessageKind.ADDRESS_BOUNCED, MessageKind.CLOSED_INCOMPLETE}
    assert NEWS - kinds == nobody_bounced_or_closed


def test_what_a_referee_can_answer_is_there_to_be_seen(lived: House) -> None:
    requests = [request for found in _applications(lived) for request in found.requests]

    assert any(r.welcomed_at and r.status is RequestStatus.NAMED for r in requests)
    early = [r for r in requests if r.declined_at and not r.requested_at]
    assert [bool(r.decline_reason) for r in early] == [True]
    assert [bool(r.more_time_note) for r in requests if r.more_time_asked_at] == [True]


def test_one_letter_is_about_somebody_else_and_not_confirmed(lived: House) -> None:
    with lived.works.look(SYSTEM) as work:
        letters = work.session.scalars(select(Letter)).all()

    (marked,) = [letter for letter in letters if letter.marks]
    assert Mark.OTHER_APPLICANT in marked.marks
    assert marked.confirmed_at is None


def test_a_referee_is_asked_for_several_letters_about_the_same_applicant(lived: House) -> None:
    awaited = Counter(
        (request.referee_email, found.applicant_email)
        for found in _applications(lived)
        for request in found.requests
        if request.status is RequestStatus.REQUESTED
    )

    assert max(awaited.values()) > 1


def test_the_applicant_to_follow_has_one_of_two_letters(lived: House) -> None:
    followed = [a for a in _applications(lived) if a.applicant_email == cast.FOLLOWED]

    statuses = [request.status for request in followed[0].requests]
    assert statuses == [RequestStatus.RECEIVED, RequestStatus.REQUESTED]


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_the_calendar_works_at_every_hour_of_the_day(
    sqlite_databases: SqliteDatabases, tmp_path: Path, hour: int
) -> None:
    now = NOW.replace(hour=hour)
    clock = PastClock(now)
    with sqlite_databases.fresh() as url, house_on(settings_for(url, tmp_path), clock) as house:
        moments = season.Season(house, clock, now).moments

    assert [moment.at for moment in moments] == sorted(moment.at for moment in moments)
    assert moments[0].at == now - timedelta(days=cast.DAYS_PLAYED)
    assert moments[-1].at <= now


def test_a_whole_season_has_120_applications_and_is_always_the_same() -> None:
    candidates = (*cast.CANDIDATES, *crowd())

    assert len(candidates) == 120
    assert crowd() == crowd()
    mailboxes = {(c.program, c.new.applicant_email) for c in candidates}
    assert len(mailboxes) == 120
    assert all(len({r.email for r in c.new.referees}) == len(c.new.referees) for c in candidates)


def test_the_crowd_does_all_in_the_order_of_time_and_before_the_demo_begins() -> None:
    for candidate in crowd():
        days = [act.days for act in candidate.acts]
        assert days == sorted(days, reverse=True)
        assert days[0] < cast.DAYS_PLAYED
        assert days[-1] > 0
        assert candidate.acts[0].deed is Deed.APPLY


def test_some_of_the_crowd_live_through_it_and_all_holds(
    sqlite_databases: SqliteDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cast, "CANDIDATES", ())  # they live through it above
    clock = PastClock(NOW)
    some = crowd()[: rounds(short=6, long=30)]
    with (
        sqlite_databases.fresh() as url,
        house_on(settings_for(url, tmp_path), clock, InProcessInspector(reads=True)) as house,
    ):
        season.load(house, clock, NOW, some)
        clock.at = NOW
        applications = _applications(house)
        with house.works.look(SYSTEM) as work:
            assert verify(work) == []

    assert {c.new.applicant_email for c in some} == {a.applicant_email for a in applications}
