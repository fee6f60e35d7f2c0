"""A season in which everybody acts in any order: whatever they do, every invariant holds.

HYPOTHESIS_PROFILE=thorough looks at many more and longer seasons.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from letters.domain.errors import (
    LettersError,
    NotAllowed,
    NudgeNotPossible,
    StoreFull,
    Withdrawn,
)
from letters.domain.journal import MessageKind
from letters.domain.telling import BETWEEN_NEWS, HELD_BACK, NEWS, MailChoice
from letters.ports import Message, Purpose
from letters.records import Application, OutboxStatus
from letters.services import applying, counting_down, finding, noticing, requesting, signing_in
from letters.services.claiming import LEASE
from letters.services.digest_changes import windows_in
from letters.services.digesting import plan_digests
from letters.services.inspecting import Upload
from tests.services import acts, replies, scenes
from tests.services.failing import BUSY, REFUSED, Died, FailingStore
from tests.services.scenes import CLOSES, Postbox, nothing_changed, outbox
from tests.services.season import (
    MAX,
    MIN,
    ModelApplication,
    ModelRequest,
    Refusal,
    refuses_application,
)
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on, settings_for
from tests.support.people import (
    API,
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    REFEREE,
    START,
    SYSTEM,
    Story,
    tell,
)
from tests.support.thorough import rounds

T = TypeVar("T")

PROFILES = {
    "quick": {"max_examples": rounds(short=8, long=100), "stateful_step_count": 25},
    "thorough": {"max_examples": 2000, "stateful_step_count": 40},
}
CORA = "cora@alpine.example.org"
REFEREES = tuple(
    applying.NewReferee(f"Referee {number}", f"referee{number}@example.edu") for number in range(6)
)
UNDER_WAY = {OutboxStatus.QUEUED, OutboxStatus.SENDING}
ENDED = {OutboxStatus.SENT, OutboxStatus.CANCELLED, OutboxStatus.DEAD}

SLUGS = st.sampled_from([INTERNSHIP.slug, FELLOWSHIP.slug])
COUNTS = st.sampled_from([0, 1, 2, 2, 2, 3, 4, 5])
POSITIONS = st.integers(0, MAX - 1)
FAULTS = st.sampled_from([None, None, BUSY, REFUSED, OSError(), Died()])
STEPS = st.sampled_from(
    [timedelta(seconds=30), LEASE, timedelta(hours=1), timedelta(days=1), timedelta(days=20)]
)


NO_TIME = timedelta()
EXTENSIONS = st.sampled_from([NO_TIME, timedelta(days=1), timedelta(days=90)])


class Reply(Enum):
    """What a referee replies to an advance notice."""

    WELCOME = 1
    DECLINE = 2
    CORRECT = 3


class SeasonMachine(RuleBasedStateMachine):
    """Applicants, referees, coordinators, the clock and the postman, in any order."""

    applications: Bundle[ModelApplication] = Bundle("applications")

    def __init__(self, databases: SqliteDatabases, folder: Path) -> None:
        super().__init__()
        self._closing = ExitStack()
        url = self._closing.enter_context(databases.fresh())
        self.clock = TestClock(START)
        self.house = self._closing.enter_context(house_on(settings_for(url, folder), self.clock))
        self.stories: dict[str, Story] = {}
        self.known: list[ModelApplication] = []
        self.sent: list[Message] = []
        self.corrected = 0

    @initialize()
    def open_the_season(self) -> None:
        for program in (INTERNSHIP, replace(FELLOWSHIP, min_letters=MIN, max_letters=MAX)):
            story = tell(self.house, program)
            story.add_coordinator()
            self.stories[program.slug] = story

    @property
    def closed(self) -> bool:
        return self.clock.now() > CLOSES

    def story(self, application: ModelApplication) -> Story:
        return self.stories[application.slug]

    def closed_for(self, request: ModelRequest) -> bool:
        return request.is_closed(self.clock.now())

    def attempt(self, refusal: Refusal, act: Callable[[], T]) -> T | None:
        """Do it if it should be possible; otherwise see it refused, with nothing changed."""
        if refusal is None:
            return act()
        with nothing_changed(self.house), pytest.raises(LettersError) as refused:
            act()
        assert type(refused.value) is refusal
        return None

    # --- applicants and clients ---------------------------------------------------------------

    @rule(target=applications, slug=SLUGS, count=COUNTS, submit=st.booleans())
    def apply(
        self, slug: str, count: int, submit: bool
    ) -> ModelApplication | MultipleResults[ModelApplication]:
        refusal = refuses_application(count, submit=submit, closed=self.closed)
        new = replace(MIRA, referees=REFEREES[:count])
        made = self.attempt(refusal, lambda: self.stories[slug].apply(new, submit=submit))
        if made is None:
            return multiple()
        requests = [ModelRequest() for _ in range(count)]
        application = ModelApplication(made, slug, slug == FELLOWSHIP.slug, requests)
        if submit:
            application.submit()
        self.known.append(application)
        return application

    @rule(application=applications)
    def submit(self, application: ModelApplication) -> None:
        def act() -> bool:
            with self.house.works.change(API) as work:
                applying.submit(work, application.id)
            return True

        if self.attempt(application.refuses_submission(self.closed), act):
            application.submit()

    @rule(application=applications)
    def alert_referees(self, application: ModelApplication) -> None:
        refusal = application.refuses_notices(self.closed)
        story = self.story(application)
        self.attempt(refusal, lambda: scenes.give_notices(story, application.id))
        if refusal is None:
            for request in application.to_be_alerted():
                request.noticed = True

    @rule(application=applications)
    def ask_for_the_status_link(self, application: ModelApplication) -> None:
        with self.house.works.change(scenes.APPLICANT) as work:
            found = finding.application(work, application.id, lock=True)
            requesting.send_status_link_again(work, found)

    @rule(application=applications, position=POSITIONS)
    def nudge(self, application: ModelApplication, position: int) -> None:
        """Whether it is too soon or too often is for other tests; nothing may break here."""
        if position < len(application.requests):
            with suppress(NotAllowed):
                acts.nudge(self.story(application), application.id, position + 1)

    @rule(application=applications, position=POSITIONS)
    def correct_for_the_referee(self, application: ModelApplication, position: int) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        self.corrected += 1
        email = f"corrected{self.corrected}@example.net"
        refusal = request.refuses_correction(self.closed_for(request))
        act = partial(acts.correct_for, story, application.id, email, position + 1)
        self.attempt(refusal, act)
        request.corrections += refusal is None

    @rule(application=applications, position=st.none() | POSITIONS)
    def name_somebody(self, application: ModelApplication, position: int | None) -> None:
        """Name one referee more, or somebody else in place of the one at a position."""
        if position is not None and position >= len(application.requests):
            return
        self.corrected += 1
        new = applying.NewReferee("Somebody New", f"new{self.corrected}@example.net")
        at = (self.story(application), application.id, new)
        if position is None:
            refusal = application.refuses_adding(self.closed)
            self.attempt(refusal, lambda: acts.add_referee(*at))
            if refusal is None:
                application.add()
            return
        request = application.requests[position]
        refusal = application.refuses_replacing(request, self.closed)
        self.attempt(refusal, lambda: acts.replace_referee(*at, position + 1))
        if refusal is None:
            application.replace(request)

    @rule(application=applications, choice=st.sampled_from(MailChoice))
    def choose_mails(self, application: ModelApplication, choice: MailChoice) -> None:
        acts.choose_mails(self.story(application), application.id, choice)

    @rule(application=consumes(applications))
    def withdraw(self, application: ModelApplication) -> None:
        """Nothing can be done with it afterwards; that it stays as it is, is looked at below."""
        story = self.story(application)
        acts.withdraw(story, application.id)
        application.withdraw()
        refusals: dict[Callable[[], object], Refusal] = {
            partial(scenes.select_for_letters, story, application.id): Withdrawn,
            partial(scenes.give_notices, story, application.id): Withdrawn,
            partial(acts.add_referee, story, application.id, REFEREES[0]): Withdrawn,
        }
        for position, request in enumerate(application.requests, start=1):
            upload = scenes.upload_of(self.house, "too late")
            token = story.upload_token(application.id, position)
            send = partial(scenes.send_upload, self.house, token, upload)
            refusals[send] = request.refuses_letter_after_the_end()
            nudge = partial(acts.nudge, story, application.id, position)
            refusals[nudge] = NudgeNotPossible
        for act, refusal in refusals.items():
            self.attempt(refusal, act)

    # --- coordinators -------------------------------------------------------------------------

    @rule(application=applications)
    def select(self, application: ModelApplication) -> None:
        refusal = application.refuses_selection(self.closed)
        story = self.story(application)
        self.attempt(refusal, lambda: scenes.select_for_letters(story, application.id))
        if refusal is None:
            application.select()

    @rule(use=st.booleans())
    def sign_in(self, use: bool) -> None:
        with self.house.works.change(SYSTEM) as work:
            assert signing_in.mail_link(work, CORA, "secret") is True
            url = signing_in.make_link(work, CORA)
        if use:
            with self.house.works.change(SYSTEM) as work:
                signing_in.use_link(work, url.rpartition("/")[2], None, "")

    # --- referees -----------------------------------------------------------------------------

    @rule(application=applications, position=POSITIONS, reply=st.sampled_from(Reply))
    def reply_to_notice(self, application: ModelApplication, position: int, reply: Reply) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        self.corrected += 1
        act = {
            Reply.WELCOME: partial(replies.welcome, story, application.id),
            Reply.DECLINE: partial(replies.decline_early, story, application.id),
            Reply.CORRECT: partial(
                replies.correct, story, application.id, f"corrected{self.corrected}@example.net"
            ),
        }[reply]
        refusal = request.refuses_reply(self.closed_for(request))
        self.attempt(refusal, lambda: act(position=position + 1))
        if refusal is not None:
            return
        if reply is Reply.DECLINE:
            request.decline()
            return
        request.welcomed = request.welcomed or reply is Reply.WELCOME
        request.noticed = request.noticed or reply is Reply.CORRECT
        request.corrections += reply is Reply.CORRECT
        application.reconsider(request)

    @rule(application=applications, position=POSITIONS)
    def ask_for_the_notice(self, application: ModelApplication, position: int) -> None:
        if position >= len(application.requests):
            return
        request = application.requests[position]
        with self.house.works.change(REFEREE) as work:
            found = finding.application(work, application.id, lock=True)
            mailed = noticing.send_notice_again(work, found, found.requests[position])
        assert mailed is request.mails_notice(self.closed_for(request))

    @rule(
        application=applications,
        position=POSITIONS,
        kind=st.sampled_from([scenes.upload_of, replies.marked, replies.unchecked]),
        store_is_full=st.booleans(),
    )
    def send_letter(
        self,
        application: ModelApplication,
        position: int,
        kind: Callable[..., Upload],
        store_is_full: bool,
    ) -> None:
        if position >= len(application.requests):
            return
        request, house = application.requests[position], self.house
        refusal = request.refuses_letter(self.closed_for(request))
        if store_is_full:
            refusal = refusal or StoreFull
            full = FailingStore(
                house.works.tools.store, StoreFull(reason="no room"), leaves_something=True
            )
            house = scenes.with_store(house, full)
        token = self.story(application).upload_token(application.id, position + 1)
        upload = kind(self.house, f"letter {request.versions}")
        if self.attempt(refusal, lambda: scenes.send_upload(house, token, upload)) is not None:
            request.status, request.waits_for_time = "received", False
            request.versions += 1

    @rule(application=applications, position=POSITIONS, older=st.booleans(), release=st.booleans())
    def confirm_or_release(
        self, application: ModelApplication, position: int, older: bool, release: bool
    ) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        version = request.versions - 1 if older else request.versions
        act = replies.release if release else replies.confirm
        refusal = request.refuses_look(version)
        self.attempt(refusal, lambda: act(story, application.id, version, position + 1))

    @rule(application=applications, position=POSITIONS, by=st.none() | EXTENSIONS)
    def ask_for_more_time(
        self, application: ModelApplication, position: int, by: timedelta | None
    ) -> None:
        """Ask; then a coordinator may extend or, where `by` is no time at all, refuse."""
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        refusal = request.refuses_question()
        at = (story, application.id)
        self.attempt(refusal, lambda: replies.ask_for_more_time(*at, position + 1, "Please"))
        request.waits_for_time = request.waits_for_time or refusal is None
        if by is not None:
            self.answer_about_time(application, position, by)

    @rule(application=applications, position=POSITIONS, by=EXTENSIONS)
    def answer_about_time(
        self, application: ModelApplication, position: int, by: timedelta
    ) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        now, at = self.clock.now(), (story, application.id)
        if by == NO_TIME:
            refusal = request.refuses_refusal()
            self.attempt(refusal, lambda: replies.refuse(*at, position + 1))
        else:
            refusal = request.refuses_extension(now + by, now)
            self.attempt(refusal, lambda: replies.extend(*at, now + by, position + 1))
        if refusal is None:
            request.waits_for_time = False
            request.due_at = request.due_at if by == NO_TIME else now + by

    @rule(application=applications, position=POSITIONS)
    def decline(self, application: ModelApplication, position: int) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        refusal = request.refuses_decline(self.closed_for(request))
        self.attempt(refusal, lambda: scenes.decline(story, application.id, position + 1, "No"))
        if refusal is None:
            request.decline()

    @rule(application=applications, position=POSITIONS)
    def take_back(self, application: ModelApplication, position: int) -> None:
        if position >= len(application.requests):
            return
        request, story = application.requests[position], self.story(application)
        refusal = request.refuses_taking_back(self.closed_for(request))
        self.attempt(refusal, lambda: scenes.take_back(story, application.id, position + 1))
        if refusal is None:
            request.status = "requested"

    @rule(application=applications, position=POSITIONS)
    def ask_for_the_upload_link(self, application: ModelApplication, position: int) -> None:
        if position >= len(application.requests):
            return
        with self.house.works.change(REFEREE) as work:
            found = finding.application(work, application.id, lock=True)
            mailed = requesting.send_link_again(work, found, found.requests[position])
        request = application.requests[position]
        assert mailed is request.mails_link(self.closed_for(request))

    # --- time and the worker ------------------------------------------------------------------

    @rule(by=STEPS)
    def wait(self, by: timedelta) -> None:
        self.clock.advance(by)

    @rule(at_once=st.booleans())
    def plan_digests(self, at_once: bool) -> None:
        plan_digests(self.house.works, SYSTEM, at_once=at_once)

    @rule()
    def tell_of_the_time_left(self) -> None:
        counting_down.tell_of_time_left(self.house.works, SYSTEM)

    @rule(faults=st.lists(FAULTS, max_size=6), most=st.integers(1, 8))
    def deliver(self, faults: list[BaseException | None], most: int) -> None:
        box = Postbox(list(faults), while_sending=self._sending)
        postman = scenes.postman_with(self.house, box)
        with suppress(Died):
            for _ in range(most):
                postman.deliver_next()

    def _sending(self, message: Message) -> None:
        """Look at each mail the moment it goes out: a link goes to whoever was asked alone."""
        self.sent.append(message)
        asked = {
            request.id
            for application in scenes.applications(self.house).values()
            for request in application.requests
            if request.requested_at is not None and request.referee_email == message.to
        }
        links = self.house.works.tools.links
        assert {links.read(Purpose.UPLOAD, t).row_id for t in upload_tokens(message.text)} <= asked

    # --- what always holds --------------------------------------------------------------------

    @invariant()
    def everything_holds(self) -> None:
        self._check_applications()
        self._check_letters()
        assert scenes.breaches(self.house) == []

    def _check_applications(self) -> None:
        """Every status is what we believe, and enough letters make an application complete."""
        found = scenes.applications(self.house)
        assert {one.id: (one.believed, one.received >= MIN) for one in self.known} == {
            each: (stored(application), application.completed_at is not None)
            for each, application in found.items()
        }

    def _check_letters(self) -> None:
        """Every letter that was acknowledged is in the store, and nothing else."""
        versions = sum(r.versions for a in self.known for r in a.requests)
        assert len(scenes.files(self.house)) == versions == len(scenes.letters(self.house))

    def teardown(self) -> None:
        """In the end every mail ends, each under one name, and no digest overlaps another."""
        if self.stories:
            self._let_every_mail_end()
            self._check_names()
            self._check_windows()
            self._check_spacing()
            assert scenes.breaches(self.house) == []
        self._closing.close()

    def _let_every_mail_end(self) -> None:
        while waiting := [row for row in outbox(self.house) if row.status in UNDER_WAY]:
            due = min(row.lease_until or row.not_before for row in waiting)
            self.clock.set(max(self.clock.now(), due))
            scenes.deliver_to(self.house, Postbox(while_sending=self._sending))
        assert set(scenes.mail_statuses(self.house)) <= ENDED

    def _check_names(self) -> None:
        rows = outbox(self.house)
        dates = {row.message_id: row.created_at for row in rows}
        assert all(dates[message.message_id] == message.date for message in self.sent)
        gone_out = {message.message_id for message in self.sent}
        assert {row.message_id for row in rows if row.status is OutboxStatus.SENT} <= gone_out

    def _check_windows(self) -> None:
        until: dict[tuple[UUID | None, UUID], int] = {}
        for row in outbox(self.house, MessageKind.DIGEST):
            for program_id, window in windows_in(row.details).items():
                told = row.coordinator_id, program_id
                assert window.since_seq >= until.get(told, 0)
                if row.status is OutboxStatus.SENT:
                    until[told] = window.until_seq

    def _check_spacing(self) -> None:
        """All applications are by one person, who gets news an hour apart, but for requests."""
        news = [row for row in outbox(self.house) if row.kind in NEWS and row.sent_at is not None]
        in_order = sorted(news, key=lambda row: row.sent_at or row.created_at)
        for earlier, later in pairwise(in_order):
            assert earlier.sent_at is not None
            assert later.sent_at is not None
            if later.kind in HELD_BACK:
                assert later.sent_at - earlier.sent_at >= BETWEEN_NEWS


def stored(found: Application) -> list[object]:
    """Return of an application what ModelApplication.believed says."""
    requests = (
        (
            request.status.value,
            request.requested_at is not None,
            request.welcomed_at is not None,
            request.more_time_asked_at is not None,
        )
        for request in found.requests
    )
    return [found.status.value, *requests]


def upload_tokens(words: str) -> Iterator[str]:
    """Yield the token of each upload link in a text."""
    for part in words.split("/letter/")[1:]:
        yield part.split()[0].partition("/")[0]


def test_a_season_in_any_order(
    sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    class Season(SeasonMachine):
        def __init__(self) -> None:
            super().__init__(sqlite_databases, tmp_path_factory.mktemp("season"))

    chosen = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
    run_state_machine_as_test(
        Season,
        settings=settings(
            max_examples=chosen["max_examples"],
            stateful_step_count=chosen["stateful_step_count"],
            suppress_health_check=list(HealthCheck),
        ),
    )
