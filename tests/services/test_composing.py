"""A mail is made when it is delivered: of what is true then, for the address on file then."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest

from letters.demo import sample_mails as writing
from letters.domain.journal import MessageKind
from letters.domain.managing import RequestAct
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.telling import NEWS
from letters.ports import Purpose
from letters.records import OutboxMessage
from letters.sample_facts import facts_of
from letters.services.composing import Composed
from letters.services.digesting import plan_digests
from letters.services.happening import post
from tests.conftest import DATABASES
from tests.services import acts, letter_acts, news, scenes
from tests.services.acts import ask_for_sign_in
from tests.services.keeping import listed_elsewhere
from tests.services.replies import composed
from tests.services.scenes import CLOSES, outbox
from tests.support.clock import TestClock
from tests.support.houses import PostgresDatabases, SqliteDatabases, house_on, settings_for
from tests.support.mailbags import invite_somebody
from tests.support.people import A_DAY, DUE, START, SYSTEM, Story, tell

CORA = "cora@alpine.example.org"
IRIS = "iris@alpine.example.org"
ADA = "ada.ferreira@example.edu"
BASE = "http://127.0.0.1:8000"

Mails = dict[MessageKind, tuple[OutboxMessage, Composed]]


def one_of_each(story: Story) -> Mails:
    """Bring a mail of every kind about, and compose it."""
    invite_somebody(story, story.add_coordinator(), IRIS)
    ask_for_sign_in(story)
    alerted = story.apply()
    scenes.give_notices(story, alerted)
    acts.decline_early(story, alerted, 2)
    asked = scenes.requested(story)
    acts.ask_for_overview(story, asked)
    acts.send_wrong_letter(story, asked, 2)
    late = scenes.requested(story, scenes.NOOR)
    scenes.change_request(story, late, requested_at=START - NUDGE_SPACING)
    acts.nudge(story, late)
    acts.ask_for_more_time(story, late)
    acts.extend(story, late, DUE + A_DAY)
    acts.ask_for_more_time(story, late, note="I am on fieldwork.")
    acts.withdraw(story, scenes.requested(story, scenes.NOOR))
    letter_acts.release(story, letter_acts.enough(story, scenes.NOOR))
    returned = letter_acts.enough(story)
    letter_acts.manage(story, returned, 1, RequestAct.RETURN, "Another candidate.")
    letter_acts.keep_what_was_returned(story)
    letter_acts.enter(story, scenes.requested(story, scenes.NOOR))
    news.bounce(story, scenes.requested(story, scenes.NOOR))
    news.complete(story, scenes.NOOR)
    news.told_elsewhere(story, scenes.NOOR, START + A_DAY / 2)
    news.told_elsewhere(story, scenes.NOOR, START - 3 * A_DAY)
    acts.lose_status_link(story)
    acts.begin_draft(story)
    acts.move_due(story, DUE + timedelta(minutes=1))
    listed_elsewhere(story, CORA)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    found = {}
    for kind in MessageKind:
        row = outbox(story.house, kind)[-1 if kind is MessageKind.MORE_TIME_ASKED else 0]
        made = composed(story, row)
        assert made is not None
        found[kind] = (row, made)
    return found


@pytest.fixture(scope="module", params=DATABASES)
def season(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """A story for those who only look, on each kind of database."""
    name = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    databases: SqliteDatabases | PostgresDatabases = request.getfixturevalue(name)
    with databases.fresh() as url:
        settings = settings_for(url, tmp_path_factory.mktemp("season"))
        with house_on(settings, TestClock(START)) as house:
            yield tell(house)


@pytest.fixture(scope="module")
def mails(season: Story) -> Mails:
    """One of each."""
    return one_of_each(season)


def test_a_mail_has_every_fact_that_its_words_need(
    season: Story, mails: Mails, subtests: pytest.Subtests
) -> None:
    for kind, (_, made) in mails.items():
        with subtests.test(kind=kind.value):
            assert set(facts_of(kind)) - set(made.facts) == set()
            words = season.house.renderer.render(kind, made.facts, "en")
            assert "None" not in words.subject + words.text


def test_a_mail_goes_to_its_reader_and_is_answered_by_a_person(mails: Mails) -> None:
    institute = "Institute for Alpine Studies via Letters"
    program, service = "internships@alpine.example.org", "letters@letters.example.org"
    assert {
        kind: (made.to, made.from_name, made.reply_to) for kind, (_, made) in mails.items()
    } == {
        MessageKind.ADVANCE_NOTICE: (ADA, institute, program),
        MessageKind.REFEREE_DECLINED: ("mira@example.com", institute, program),
        MessageKind.LETTER_REQUEST: (ADA, institute, program),
        MessageKind.REMINDER: (ADA, institute, program),
        MessageKind.OVERVIEW: (ADA, institute, program),
        MessageKind.RECEIPT: ("b.dewit@example.org", institute, program),
        MessageKind.CONFIRM_LETTER: ("b.dewit@example.org", institute, program),
        MessageKind.MORE_TIME_ASKED: (program, "Letters", ADA),
        MessageKind.MORE_TIME_ANSWERED: (ADA, institute, program),
        MessageKind.REFEREE_DUE_MOVED: (ADA, institute, program),
        MessageKind.DUE_MOVED: ("mira@example.com", institute, program),
        MessageKind.REQUESTS_SENT: ("mira@example.com", institute, program),
        MessageKind.LETTER_ARRIVED: ("mira@example.com", institute, program),
        MessageKind.ALL_IN: ("noor@example.com", institute, program),
        MessageKind.ADDRESS_BOUNCED: ("noor@example.com", institute, program),
        MessageKind.TIME_LEFT: ("noor@example.com", institute, program),
        MessageKind.CLOSED_INCOMPLETE: ("noor@example.com", institute, program),
        MessageKind.APPLICATION_SUBMITTED: ("mira@example.com", institute, program),
        MessageKind.REQUEST_CANCELLED: (ADA, institute, program),
        MessageKind.REQUEST_RELEASED: ("tanaka@example.net", institute, program),
        MessageKind.LETTER_ENTERED: (ADA, institute, program),
        MessageKind.LETTER_RETURNED: (ADA, institute, program),
        MessageKind.LETTER_KEPT: (ADA, institute, program),
        MessageKind.WITHDRAWN: ("noor@example.com", institute, program),
        MessageKind.DRAFT_LINK: ("lea@example.com", institute, program),
        MessageKind.STATUS_LINKS: ("mira@example.com", "Letters", service),
        MessageKind.SIGN_IN: (CORA, "Letters", service),
        MessageKind.INVITATION: (IRIS, institute, program),
        MessageKind.ERASURE_LIST: (CORA, institute, program),
        MessageKind.DIGEST: (CORA, "Letters", service),
    }


def test_the_sample_mails_come_as_those_of_their_kind_do(
    mails: Mails, subtests: pytest.Subtests
) -> None:
    for kind, (_, made) in mails.items():
        with subtests.test(kind=kind.value):
            assert bool(made.thread) is (kind not in writing.ALONE)
            assert bool(made.dated) is (kind in writing.DATED)
            assert (made.from_name == "Letters") is (kind in writing.FROM_NO_PROGRAM)
            assert bool(made.headers) is (kind is MessageKind.DIGEST)


def test_the_link_in_a_mail_opens_what_it_is_about(
    season: Story, mails: Mails, subtests: pytest.Subtests
) -> None:
    links: dict[MessageKind, tuple[str, Purpose, Callable[[OutboxMessage], UUID | None]]] = {
        MessageKind.ADVANCE_NOTICE: ("/notice/{}", Purpose.NOTICE, of_request),
        MessageKind.LETTER_REQUEST: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.REMINDER: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.OVERVIEW: ("/letter/{}/all", Purpose.OVERVIEW, of_request),
        MessageKind.RECEIPT: ("/letter/{}/receipt", Purpose.UPLOAD, of_request),
        MessageKind.CONFIRM_LETTER: ("/letter/{}/receipt", Purpose.UPLOAD, of_request),
        MessageKind.MORE_TIME_ANSWERED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.REFEREE_DUE_MOVED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.DUE_MOVED: ("/application/{}", Purpose.STATUS, of_application),
        **dict.fromkeys(NEWS, ("/application/{}", Purpose.STATUS, of_application)),
        MessageKind.APPLICATION_SUBMITTED: ("/application/{}", Purpose.STATUS, of_application),
        MessageKind.REQUEST_CANCELLED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.REQUEST_RELEASED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.LETTER_ENTERED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.LETTER_RETURNED: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.LETTER_KEPT: ("/letter/{}", Purpose.UPLOAD, of_request),
        MessageKind.WITHDRAWN: ("/application/{}", Purpose.STATUS, of_application),
        MessageKind.DRAFT_LINK: ("/application/{}", Purpose.STATUS, of_application),
        MessageKind.STATUS_LINKS: ("/applications/{}", Purpose.APPLICATIONS, of_application),
        MessageKind.SIGN_IN: ("/coordinate/sign-in/{}", Purpose.SIGN_IN, of_sign_in),
        MessageKind.INVITATION: (
            "/coordinate/invitation/{}",
            Purpose.INVITATION,
            of_coordinator,
        ),
    }
    for kind, (path, purpose, subject_of) in links.items():
        with subtests.test(kind=kind.value):
            row, made = mails[kind]
            before, _, after = path.partition("{}")
            url = str(made.facts["url"])
            token = url.removeprefix(BASE + before).removesuffix(after)
            assert url == BASE + path.format(token)
            opened = season.house.works.tools.links.read(purpose, token)
            assert opened.row_id == subject_of(row)


def of_request(row: OutboxMessage) -> UUID | None:
    return row.request_id


def of_application(row: OutboxMessage) -> UUID | None:
    return row.application_id


def of_coordinator(row: OutboxMessage) -> UUID | None:
    return row.coordinator_id


def of_sign_in(row: OutboxMessage) -> UUID | None:
    return UUID(row.details["sign_in"])


def test_an_advance_notice_carries_no_link_but_its_own(season: Story, mails: Mails) -> None:
    _, found = mails[MessageKind.ADVANCE_NOTICE]
    words = season.house.renderer.render(MessageKind.ADVANCE_NOTICE, found.facts, "en")
    for path in ("/letter/", "/application/"):
        assert path not in words.text + words.html


@pytest.mark.parametrize("alerted", [1, 2])
def test_a_submission_says_that_referees_are_told_only_where_all_were(
    story: Story, alerted: int
) -> None:
    draft = story.apply(submit=False)
    for position in range(1, alerted + 1):
        scenes.change_request(story, draft, position, noticed_at=START)
    scenes.submit(story, draft)
    found = composed(story, scenes.mail(story.house, MessageKind.APPLICATION_SUBMITTED))
    assert found is not None
    assert found.facts["alerted"] is (alerted == len(story.application(draft).requests))


def test_a_question_for_more_time_leads_to_the_application_in_the_dashboard(mails: Mails) -> None:
    row, found = mails[MessageKind.MORE_TIME_ASKED]
    assert found.facts["url"] == f"{BASE}/coordinate/applications/{row.application_id}"


def test_the_applicant_is_told_nothing_about_the_letter(season: Story, mails: Mails) -> None:
    _, found = mails[MessageKind.LETTER_ARRIVED]
    letter = scenes.letters(season.house)[0]
    assert {letter.file_name, letter.sha256, letter.size}.isdisjoint(found.facts.values())
    assert (found.facts["received"], found.facts["wanted"]) == (1, 2)


def test_a_receipt_speaks_of_its_own_version(story: Story) -> None:
    application_id = scenes.requested(story)
    for words in ("first", "second version"):
        scenes.send_letter(story, application_id, words=words)
    receipts = [composed(story, row) for row in outbox(story.house, MessageKind.RECEIPT)]
    told = [(one.facts["version"], one.facts["sha256"]) for one in receipts if one]
    assert told == [(one.version, one.sha256) for one in scenes.letters(story.house)]


def test_a_mail_says_the_date_of_its_own_request(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, extended_due_at=DUE + A_DAY)
    mails = [composed(story, row) for row in outbox(story.house, MessageKind.LETTER_REQUEST)]
    assert [(one.facts["due_at"], one.facts["closes_at"]) for one in mails if one] == [
        (DUE + A_DAY, CLOSES + A_DAY),
        (DUE, CLOSES),
    ]


def test_a_row_that_does_not_say_what_it_speaks_of_is_not_sent(story: Story) -> None:
    for kind in MessageKind:
        with story.house.works.change(SYSTEM) as work:
            row = post(work, kind, f"incomplete {kind}")
        with pytest.raises(ValueError, match="does not say what it speaks of"):
            composed(story, row)


def test_a_receipt_without_its_letter_is_not_sent(story: Story) -> None:
    application_id = scenes.requested(story)
    request = scenes.request_of(story, application_id)
    with story.house.works.change(SYSTEM) as work:
        row = post(
            work,
            MessageKind.RECEIPT,
            "incomplete",
            application_id=application_id,
            request_id=request.id,
        )
    with pytest.raises(ValueError, match="does not say what it speaks of"):
        composed(story, row)
