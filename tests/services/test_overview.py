"""Everything asked of one mailbox, for who reads its mail; one letter for one applicant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import BytesIO
from uuid import UUID

import pytest

from letters.domain.errors import (
    LettersError,
    LinkExpired,
    LinkInvalid,
    LinkReplaced,
    NotSameApplicant,
    RequestDeclined,
    StoreFull,
    UnknownLetter,
    UploadClosed,
)
from letters.domain.journal import Fact, MessageKind
from letters.house import House
from letters.ports import Purpose
from letters.records import Letter, LetterRequest
from letters.services import finding, overview, viewing
from letters.services.applying import NewReferee
from letters.services.inspecting import Examiners, Upload, look_at
from letters.services.overview import LINK_LIFETIME
from tests.services import replies, scenes
from tests.services.failing import FailingStore
from tests.services.replies import composed, mail_overview, overview_token
from tests.services.scenes import BLINK, CLOSES, NOOR, nothing_changed, outbox, request_of
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.people import A_DAY, DUE, MIRA, REFEREE, REFEREES, START, SYSTEM, Story
from tests.support.statements import counted

ADA = REFEREES[0]


def shown(story: Story, token: str) -> overview.Overview:
    with story.house.works.look(REFEREE) as work:
        return overview.overview(work, token)


def shown_ids(story: Story, token: str) -> list[UUID]:
    return [asked.application.id for asked in shown(story, token).asked]


def mail_again(story: Story, token: str) -> None:
    with story.house.works.change(REFEREE) as work:
        overview.mail_overview_again(work, token)


# --- what is shown ----------------------------------------------------------------------------


def test_everything_asked_of_one_mailbox_is_shown_and_nothing_else(
    story: Story, clock: TestClock
) -> None:
    other = scenes.automatic(story.house, 2)
    received, late, third = (scenes.requested(story) for _ in range(3))
    elsewhere, noors = other.apply(MIRA), scenes.requested(story, NOOR)
    replies.alerted(story)
    replies.alerted(other, submit=False)
    declined_early = replies.alerted(story)
    replies.decline_early(story, declined_early)
    scenes.select_for_letters(story, declined_early)
    scenes.send_letter(story, received)
    replies.extend(story, late, DUE + A_DAY)

    everything = shown(story, mail_overview(story, noors))
    assert everything.request.id == request_of(story, noors).id
    still = [asked.application.id for asked in everything.open]
    assert (set(still[:-1]), still[-1]) == ({third, elsewhere, noors}, late)
    assert [asked.application.id for asked in everything.done] == [received]
    assert {asked.request.referee_email for asked in everything.asked} == {ADA.email}
    for asked in everything.asked:
        token = asked.url.rpartition("/")[2]
        assert token == story.upload_token(asked.application.id)

    assert shown_ids(story, mail_overview(story, noors, 3)) == [noors]
    clock.set(CLOSES + BLINK)
    assert len(shown(story, mail_overview(story, noors)).open) == 1


def test_a_mailbox_is_one_however_its_address_is_written_and_no_other(story: Story) -> None:
    addresses = (
        "ada.ferreira@gmail.com",
        "AdaFerreira+letters@googlemail.com",
        "ada.ferreira@example.edu",
        "ada.ferreira+letters@example.edu",
        "adaferreira@example.edu",
    )
    asked = [
        scenes.requested(story, replace(MIRA, referees=[NewReferee("Ada", x), REFEREES[1]]))
        for x in addresses
    ]
    assert set(shown_ids(story, mail_overview(story, asked[0]))) == set(asked[:2])
    for alone in asked[2:]:
        assert shown_ids(story, mail_overview(story, alone)) == [alone]


def test_it_takes_the_same_statements_for_many_as_for_few(story: Story) -> None:
    token = mail_overview(story, scenes.requested(story))
    with counted(story.house.database.engine) as few:
        shown(story, token)
    for _ in range(4):
        scenes.requested(story, NOOR)
    with counted(story.house.database.engine) as many:
        assert len(shown(story, token).asked) == 5
    assert len(many) == len(few)


# --- the link ---------------------------------------------------------------------------------


def test_the_link_is_mailed_to_the_address_on_file_whoever_asks(story: Story) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    assert scenes.facts(story, application_id)[-1] is Fact.OVERVIEW_ASKED
    mail = composed(story, scenes.mail(story.house, MessageKind.OVERVIEW))
    assert mail is not None
    assert (mail.to, mail.facts["until"]) == (ADA.email, START + LINK_LIFETIME)
    assert token in str(mail.facts["url"])
    assert "url" not in scenes.mail(story.house, MessageKind.OVERVIEW).details
    assert scenes.breaches(story.house) == []


def test_an_upload_link_that_was_passed_on_shows_one_letter_alone(story: Story) -> None:
    mira, noors = scenes.requested(story), scenes.requested(story, NOOR)
    mail_overview(story, mira)
    token = story.upload_token(mira)
    with pytest.raises(LinkInvalid):
        shown(story, token)
    with story.house.works.look(REFEREE) as work:
        page = viewing.upload_page(work, token)
    request = request_of(story, noors)
    assert str(request.id) not in repr(vars(page))
    assert (page.application.id, page.request.id) == (mira, request_of(story, mira).id)


def test_only_a_genuine_link_shows_mails_or_uses_anything(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = scenes.requested(story)
    letter = scenes.send_letter(story, application_id)
    mail_overview(story, application_id)
    upload = scenes.upload_of(story.house)
    with nothing_changed(story.house):
        for token, refusal in replies.wrong_tokens(story, Purpose.OVERVIEW, application_id):
            with subtests.test("show", token=token), pytest.raises(LettersError) as refused:
                shown(story, token)
            assert type(refused.value) is refusal
            with subtests.test("use", token=token), pytest.raises(LettersError) as refused:
                use(story, token, letter, {letter: upload})
            assert type(refused.value) is refusal
            if refusal is LinkInvalid:
                with subtests.test("again", token=token), pytest.raises(LinkInvalid):
                    mail_again(story, token)
        for token, refusal in replies.wrong_tokens(story, Purpose.UPLOAD, application_id):
            with (
                subtests.test("mail", token=token),
                pytest.raises(refusal),
                story.house.works.change(REFEREE) as work,
            ):
                overview.mail_overview(work, token)


def test_the_link_works_for_two_days(story: Story, clock: TestClock) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    row = scenes.mail(story.house, MessageKind.OVERVIEW)
    clock.set(START + LINK_LIFETIME)
    assert shown_ids(story, token) == [application_id]
    clock.advance(BLINK)
    with nothing_changed(story.house):
        with pytest.raises(LinkExpired):
            shown(story, token)
        with pytest.raises(LinkExpired):
            use(story, token, request_of(story, application_id).id, {})
    assert composed(story, row) is None


def test_a_link_that_was_never_mailed_opens_nothing(story: Story) -> None:
    application_id = scenes.requested(story)
    with nothing_changed(story.house), pytest.raises(LinkExpired):
        shown(story, overview_token(story, application_id))


@pytest.mark.parametrize("wait", [A_DAY, LINK_LIFETIME + BLINK])
def test_a_fresh_link_ends_the_one_before_for_good(
    story: Story, clock: TestClock, wait: object
) -> None:
    assert isinstance(wait, type(A_DAY))
    application_id = scenes.requested(story)
    first = mail_overview(story, application_id)
    clock.advance(wait)
    mail_again(story, first)
    with pytest.raises(LinkReplaced):
        shown(story, first)
    second = overview_token(story, application_id)
    assert shown_ids(story, second) == [application_id]
    mail = composed(story, outbox(story.house, MessageKind.OVERVIEW)[-1])
    assert mail is not None
    assert second in str(mail.facts["url"])

    mail_again(story, first)
    third = overview_token(story, application_id)
    for ended in (first, second):
        with pytest.raises(LinkReplaced):
            shown(story, ended)
    assert shown_ids(story, third) == [application_id]
    assert scenes.breaches(story.house) == []


def test_a_link_ends_with_the_other_links_of_its_request(story: Story) -> None:
    application_id = scenes.requested(story)
    token = mail_overview(story, application_id)
    scenes.change_request(story, application_id, link_generation=2)
    with nothing_changed(story.house), pytest.raises(LinkReplaced):
        shown(story, token)


# --- one letter for several -------------------------------------------------------------------


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


def use(story: Story, token: str, source: UUID, uploads: Mapping[UUID, Upload]) -> Sequence[Letter]:
    with story.house.works.change(REFEREE) as work:
        return overview.use_again(work, token, source, uploads)


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
