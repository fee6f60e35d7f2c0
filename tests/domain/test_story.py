"""Stories of any length: whatever people do, and in whatever order, the rules of the house hold."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from letters.domain.applicant_view import Outlook, applicant_view
from letters.domain.errors import NotAllowed
from letters.domain.policy import (
    RequestPolicy,
    check_select,
    check_submit,
    is_closed,
    may_request,
    requested_on_submission,
)
from letters.domain.progress import Standing
from letters.domain.slots import Slot, check_decline, check_take_back, check_upload, slot
from letters.domain.status import ApplicationStatus, Event, RequestStatus, advance, can
from tests.domain.builders import NOW, request, terms

ASKED = {RequestStatus.REQUESTED, RequestStatus.RECEIVED, RequestStatus.DECLINED}


def allowed(check: Callable[[], None]) -> bool:
    """Say whether the rules allow it."""
    try:
        check()
    except NotAllowed:
        return False
    return True


class Story(RuleBasedStateMachine):
    """One application, its referees and its coordinator, who try whatever comes to mind.

    Each tries without looking; the policy decides. What the policy allows, advance() must do.
    """

    @initialize(
        policy=st.sampled_from(RequestPolicy), least=st.integers(1, 3), referees=st.integers(0, 4)
    )
    def begin(self, policy: RequestPolicy, least: int, referees: int) -> None:
        """An applicant saves a draft."""
        self.terms = terms(policy, min_letters=least)
        self.now = NOW
        self.application = ApplicationStatus.DRAFT
        self.requests = [RequestStatus.NAMED] * referees
        self.submitted = self.selected = False

    # --- what people do ---

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        """Nobody does anything for a while."""
        self.now += timedelta(hours=hours)

    @rule()
    def submit(self) -> None:
        """The applicant presses the button."""
        count = len(self.requests)
        if allowed(lambda: check_submit(self.terms, self.application, count, self.now)):
            assert self.terms.min_letters <= count <= self.terms.max_letters
            self.application = advance(self.application, Event.SUBMIT)
            self.submitted = True
            if requested_on_submission(self.terms):
                self._ask()

    @rule()
    def select(self) -> None:
        """A coordinator selects the application."""
        if allowed(lambda: check_select(self.terms, self.application, self.now)):
            self.application = advance(self.application, Event.SELECT)
            self.selected = True
            self._ask()

    @rule()
    def withdraw(self) -> None:
        """The applicant changes their mind."""
        if can(self.application, Event.WITHDRAW):
            self.application = advance(self.application, Event.WITHDRAW)

    @precondition(lambda self: self.requests != [])
    @rule(data=st.data())
    def upload(self, data: st.DataObject) -> None:
        """A referee sends a letter."""
        number, at = self._somebody(data)
        if allowed(lambda: check_upload(at, self.terms)):
            assert is_closed(self.terms, self.now) is False
            event = Event.REPLACE if at is Slot.RECEIVED else Event.RECEIVE
            self.requests[number] = advance(self.requests[number], event)
            assert self.requests[number] is RequestStatus.RECEIVED

    @precondition(lambda self: self.requests != [])
    @rule(data=st.data())
    def decline(self, data: st.DataObject) -> None:
        """A referee says no."""
        number, at = self._somebody(data)
        if allowed(lambda: check_decline(at, self.terms)):
            self.requests[number] = advance(self.requests[number], Event.DECLINE)

    @precondition(lambda self: self.requests != [])
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        """A referee can write after all."""
        number, at = self._somebody(data)
        if allowed(lambda: check_take_back(at, self.terms)):
            self.requests[number] = advance(self.requests[number], Event.TAKE_BACK)

    @precondition(lambda self: self.requests != [])
    @rule(data=st.data(), event=st.sampled_from([Event.CANCEL, Event.RETURN]))
    def coordinate(self, data: st.DataObject, event: Event) -> None:
        """A coordinator cancels a request, or returns a wrong letter."""
        number, _ = self._somebody(data)
        if can(self.requests[number], event):
            self.requests[number] = advance(self.requests[number], event)

    def _somebody(self, data: st.DataObject) -> tuple[int, Slot]:
        number = data.draw(st.integers(0, len(self.requests) - 1))
        return number, slot(self.terms, self.application, self.requests[number], self.now)

    def _ask(self) -> None:
        assert may_request(self.terms, self.application) is True
        for number, status in enumerate(self.requests):
            if status is RequestStatus.NAMED:
                self.requests[number] = advance(status, Event.REQUEST)

    # --- what always holds ---

    @invariant()
    def no_letter_is_asked_for_before_the_application_was_submitted(self) -> None:
        """Submitting alone is not enough under the policy `selected`."""
        if ASKED & set(self.requests):
            assert self.submitted is True
            assert self.selected is (self.terms.request_policy is RequestPolicy.SELECTED)

    @invariant()
    def no_draft_has_more_than_names(self) -> None:
        """Before submission nobody can do anything but be named, or be dropped again."""
        if self.application is ApplicationStatus.DRAFT:
            assert set(self.requests) <= {RequestStatus.NAMED, RequestStatus.CANCELLED}

    @invariant()
    def nothing_is_taken_from_a_withdrawn_application_or_a_closed_one(self) -> None:
        """Every slot is shut then."""
        over = is_closed(self.terms, self.now) or self.application is ApplicationStatus.WITHDRAWN
        for status in self.requests:
            at = slot(self.terms, self.application, status, self.now)
            if over:
                assert allowed(partial(check_upload, at, self.terms)) is False

    @invariant()
    def the_applicant_can_be_told_where_things_stand(self) -> None:
        """And what they are told agrees with what happened."""
        facts = [request(status, own=self.terms) for status in self.requests]
        view = applicant_view(self.terms, self.application, facts, self.now)
        asked = ASKED & set(self.requests) != set()
        assert (view.outlook is Outlook.WERE_REQUESTED) is asked
        received = self.requests.count(RequestStatus.RECEIVED)
        assert view.progress.received == received
        if view.progress.standing is Standing.COMPLETE:
            assert received >= self.terms.min_letters
            assert self.submitted is True


TestStories = Story.TestCase
TestStories.settings = settings(max_examples=60, stateful_step_count=30)
