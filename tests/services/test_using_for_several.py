"""One letter is used for several requests about the same applicant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from uuid import UUID

import pytest

from letters.domain.errors import (
    NotSameApplicant,
    RequestDeclined,
    StoreFull,
    UnknownLetter,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.records import LetterRequest
from letters.services import finding, overview
from letters.services.inspecting import Examiners, Upload, look_at
from tests.services import scenes
from tests.services.failing import FailingStore
from tests.services.replies import mail_overview, overview_token, shown, use
from tests.services.scenes import NOOR, nothing_changed, outbox, request_of
from tests.support.houses import InProcessInspector
from tests.support.people import A_DAY, MIRA, REFEREE, START, SYSTEM, Story


@dataclass(frozen=True)
class Season:
    """Mira is in two programs and in one of them twice, Noor in one; Ada writes for both."""

    story: Story
    other: Story
    mira: UUID
    elsewhere: UUID
    twice: UUID
    noor: UUID

    def id_of(self, application_id: UUID, position: int = 1) -> UUID:
        return request_of(self.story, application_id, position).id

    def token(self) -> str:
        return overview_token(self.story, self.mira)


@pytest.fixture
def season(story: Story) -> Season:
    """Everything is asked, and Ada's letter for Mira is in."""
    other = scenes.automatic(story.house, 2)
    found = Season(
        story,
        other,
        mira=scenes.requested(story),
        elsewhere=other.apply(replace(MIRA, applicant_email="MIRA@Example.com")),
        twice=scenes.requested(story),
        noor=scenes.requested(story, replace(NOOR, applicant_name=MIRA.applicant_name)),
    )
    scenes.send_letter(story, found.mira, words="I recommend Mira Lindqvist.")
    mail_overview(story, found.mira)
    return found


def look(story: Story, token: str, source: UUID, targets: Sequence[UUID]) -> overview.Reuse:
    with story.house.works.look(REFEREE) as work:
        return overview.look_for_reuse(work, overview.overview(work, token), source, targets)


def looked_at(reuse: overview.Reuse) -> dict[UUID, Upload]:
    examiners = Examiners(InProcessInspector(reads=True))
    return {
        target: look_at(BytesIO(reuse.content), reuse.letter.file_name, wanted, examiners)
        for target, wanted in reuse.wanted.items()
    }


def uploads_for(season: Season, *targets: UUID) -> dict[UUID, Upload]:
    return dict.fromkeys(targets, scenes.upload_of(season.story.house))


def received(season: Season) -> list[LetterRequest]:
    """Return the requests that have a letter."""
    return [
        request
        for application in scenes.applications(season.story.house).values()
        for request in application.requests
        if request.current_version is not None
    ]


def test_one_letter_is_used_for_other_requests_about_the_same_applicant(season: Season) -> None:
    story, source = season.story, season.id_of(season.mira)
    everything = shown(story, season.token())
    (of,) = [asked for asked in everything.asked if asked.request.id == source]
    targets = [asked.request.id for asked in everything.others_for(of)]
    assert set(targets) == {season.id_of(season.elsewhere), season.id_of(season.twice)}

    reuse = look(story, season.token(), source, targets)
    uploads = looked_at(reuse)
    assert {upload.marks for upload in uploads.values()} == {()}
    letters = use(story, season.token(), source, uploads)
    assert {letter.request_id for letter in letters} == set(targets)
    assert scenes.contents(story.house) == [reuse.content] * 3
    assert len(scenes.files(story.house)) == 3
    assert {request.id for request in received(season)} == {source, *targets}
    receipts = outbox(story.house, MessageKind.RECEIPT)
    assert {row.request_id for row in receipts} == {source, *targets}
    assert scenes.facts(story, season.twice)[-1] is Fact.LETTER_RECEIVED
    assert shown(story, season.token()).others_for(of) == []
    assert scenes.breaches(story.house) == []


def test_the_letter_is_compared_with_what_each_program_asked_for(season: Season) -> None:
    story = season.story
    words = f"I recommend Mira Lindqvist to the {MIRA_AT}."
    scenes.send_letter(story, season.mira, words=words)
    targets = [season.id_of(season.elsewhere), season.id_of(season.twice)]
    uploads = looked_at(look(story, season.token(), season.id_of(season.mira), targets))
    assert [bool(uploads[target].marks) for target in targets] == [True, False]
    use(story, season.token(), season.id_of(season.mira), uploads)
    assert scenes.facts(story, season.elsewhere)[-1] is Fact.LETTER_MARKED
    assert scenes.facts(story, season.twice)[-1] is Fact.LETTER_RECEIVED


MIRA_AT = "Institute for Alpine Studies"


def test_a_letter_is_never_used_for_another_applicant(season: Season) -> None:
    story, source, token = season.story, season.id_of(season.mira), season.token()
    good = season.id_of(season.twice)
    wrong: tuple[list[UUID], ...] = (
        [season.id_of(season.noor)],
        [good, season.id_of(season.noor)],
        [season.id_of(season.twice, 2)],
        [source],
        [good, source],
        [season.mira],
        [],
    )
    with nothing_changed(story.house):
        for targets in wrong:
            with pytest.raises(NotSameApplicant):
                look(story, token, source, targets)
            with pytest.raises(NotSameApplicant):
                use(story, token, source, uploads_for(season, *targets))


def test_only_a_letter_of_this_mailbox_that_is_in_is_used(season: Season) -> None:
    story, token = season.story, season.token()
    scenes.send_letter(story, season.mira, 2)
    targets = [season.id_of(season.twice)]
    with nothing_changed(story.house):
        for source in (season.id_of(season.mira, 2), season.mira):
            with pytest.raises(UnknownLetter):
                look(story, token, source, targets)
            with pytest.raises(UnknownLetter):
                use(story, token, source, uploads_for(season, *targets))
        with pytest.raises(UnknownLetter):
            look(story, token, season.id_of(season.elsewhere), targets)


def test_all_are_taken_or_none(season: Season) -> None:
    story, token, source = season.story, season.token(), season.id_of(season.mira)
    targets = [season.id_of(season.elsewhere), season.id_of(season.twice)]
    uploads = uploads_for(season, *targets)
    for application_id in (season.elsewhere, season.twice):
        scenes.decline(story, application_id)
        with nothing_changed(story.house):
            with pytest.raises(RequestDeclined):
                use(story, token, source, uploads)
            with pytest.raises(RequestDeclined):
                look(story, token, source, targets)
        scenes.take_back(story, application_id)
    with story.house.works.change(SYSTEM) as work:
        finding.application(work, season.elsewhere).program.due_at = START - 9 * A_DAY
    with nothing_changed(story.house), pytest.raises(UploadClosed):
        use(story, token, source, uploads)


class FullAfterOne(FailingStore):
    """A store with room for one more letter."""

    taken = 0

    def put(self, name: str, content: bytes) -> None:
        """Take the first, and fail from then on."""
        if self.taken:
            super().put(name, content)
        self.inner.put(name, content)
        self.taken += 1


def test_a_store_that_fails_in_between_leaves_nothing(season: Season) -> None:
    house = season.story.house
    store = FullAfterOne(house.works.tools.store, StoreFull(reason="no room"), True)
    failing = replace(season.story, house=scenes.with_store(house, store))
    targets = [season.id_of(season.elsewhere), season.id_of(season.twice)]
    with nothing_changed(house), pytest.raises(StoreFull):
        use(failing, season.token(), season.id_of(season.mira), uploads_for(season, *targets))
    assert store.taken == 1


def test_two_who_use_it_at_once_never_wait_for_each_other(season: Season) -> None:
    story, token, source = season.story, season.token(), season.id_of(season.mira)
    targets = [season.id_of(season.elsewhere), season.id_of(season.twice)]
    calls = [
        partial(use, story, token, source, uploads_for(season, *order))
        for order in (targets, targets[::-1])
    ]
    outcomes = scenes.at_once(*calls)
    assert [len(outcome) for outcome in outcomes if isinstance(outcome, list)] == [2, 2]
    for application_id in (season.elsewhere, season.twice):
        assert request_of(story, application_id).current_version == 2
    assert scenes.breaches(story.house) == []


def test_a_house_without_other_requests_has_nothing_to_offer(house: House) -> None:
    story = scenes.automatic(house, 2)
    application_id = story.apply(MIRA)
    scenes.send_letter(story, application_id)
    everything = shown(story, mail_overview(story, application_id))
    (of,) = everything.asked
    assert (of.is_open, of.takes_a_letter, everything.others_for(of)) == (False, True, [])
