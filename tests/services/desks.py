"""Somebody who writes on a draft, and the people they name in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from letters.domain.drafts import Press, Typed, TypedReferee
from letters.domain.errors import Problem
from letters.domain.status import RequestStatus
from letters.domain.waiver import fingerprint
from letters.records import Application, LetterRequest
from letters.services import drafting, noticing, reviewing
from tests.services.scenes import APPLICANT
from tests.support.people import Story

TEXT = "I waive the right."
ADA = TypedReferee(title="Prof.", name="Ada Ferreira", email="ada@example.edu")
BRAM = TypedReferee(name="Dr. Bram de Wit", email="bram@example.org")
CHIYO = TypedReferee(name="Chiyo Tanaka", email="chiyo@example.net")
DARA = TypedReferee(name="Dara Quinn", email="dara@example.com")
"""A name that nobody else has."""
SIGNED = Typed("Lea Aubert", (ADA, BRAM), "waive", "lea aubert")
EMPTY = TypedReferee()


@dataclass(frozen=True)
class Desk:
    """Somebody who writes on a draft."""

    story: Story
    id: UUID

    @property
    def application(self) -> Application:
        """The application as it is stored now."""
        return self.story.application(self.id)

    @property
    def requests(self) -> Sequence[LetterRequest]:
        """Its letter requests in order."""
        return self.application.requests

    @property
    def names(self) -> list[str]:
        """The names of those who are not cancelled."""
        return [r.referee_name for r in self.requests if r.status is not RequestStatus.CANCELLED]

    @property
    def typed(self) -> Typed:
        """The form as it was kept."""
        return drafting.typed_into(self.application)

    def review(self, typed: Typed, words: str = TEXT) -> Sequence[Problem]:
        """Press Review on a form with these words of the waiver."""
        version = self.application.typed_version
        with self.story.house.works.change(APPLICANT) as work:
            token = self.story.status_token(self.id)
            return reviewing.review(work, token, typed, version, TEXT, fingerprint(words))

    def save(self, typed: Typed, press: Press) -> None:
        """Press another button."""
        with self.story.house.works.change(APPLICANT) as work:
            token = self.story.status_token(self.id)
            drafting.save(work, token, typed, self.application.typed_version, press)

    def regroup(self, *groups: TypedReferee) -> None:
        """Review the form with these groups instead."""
        assert self.review(replace(self.typed, referees=groups)) == ()

    def alert(self) -> None:
        """Alert whoever can be alerted."""
        with self.story.house.works.change(APPLICANT) as work:
            noticing.give_notices(work, self.id)

    def submit(self) -> bool:
        """Press Submit."""
        with self.story.house.works.change(APPLICANT) as work:
            return reviewing.submit(work, self.story.status_token(self.id))
