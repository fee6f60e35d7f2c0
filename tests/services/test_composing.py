"""A mail is made when it is delivered: of what is true then, for the address on file then."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from letters.demo import sample_mails as writing
from letters.domain.journal import MessageKind
from letters.domain.managing import RequestAct
from letters.domain.schedule import NUDGE_SPACING
from letters.domain.slots import Slot
from letters.domain.telling import NEWS
from letters.house import House
from letters.ports import Purpose
from letters.records import OutboxMessage, OutboxStatus
from letters.sample_facts import facts_of
from letters.services import finding, requesting, signing_in
from letters.services.composing import Composed, compose
from letters.services.digesting import plan_digests
from letters.services.happening import post
from letters.services.signing_in import LINK_LIFETIME
from tests.services import acts, letter_acts, news, scenes
from tests.services.digests import reached, window_of
from tests.services.keeping import listed_elsewhere
from tests.services.scenes import BLINK, CLOSES, Postbox, deliver_to, outbox
from tests.support.clock import TestClock
from tests.support.mailbags import invite_somebody
from tests.support.people import A_DAY, DUE, REFEREE, START, SYSTEM, Story
from tests.support.statements import counted
from tests.web.visiting import on_sqlite

CORA = "cora@alpine.example.org"
IRIS = "iris@alpine.example.org"
ADA = "ada.ferreira@example.edu"
BASE = "http://127.0.0.1:8000"


def ask_for_sign_in(story: Story) -> None:
    story.add_coordinator()
    with story.house.works.change(SYSTEM) as work:
        signing_in.mail_link(work, CORA, "secret")


def composed(story: Story, row: OutboxMessage) -> Composed | None:
    with story.house.works.look(SYSTEM) as work:
        return compose(work, work.session.get_one(OutboxMessage, row.id))


def one_of_each(story: Story) -> dict[MessageKind, tuple[OutboxMessage, Composed]]:
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


def left_out(house: House, kind: MessageKind) -> list[OutboxStatus]:
    """Deliver everything; return what became of the mails of one kind."""
    deliver_to(house, Postbox())
    return [row.status for row in outbox(house, kind)]


# --- what a mail is made of -------------------------------------------------------------------


def test_a_mail_has_every_fact_that_its_words_need(story: Story, subtests: pytest.Subtests) -> None:
    for kind, (_, made) in one_of_each(story).items():
        with subtests.test(kind=kind.value):
            assert set(facts_of(kind)) - set(made.facts) == set()
            words = story.house.renderer.render(kind, made.facts, "en")
            assert "None" not in words.subject + words.text


@on_sqlite
def test_a_mail_goes_to_its_reader_and_is_answered_by_a_person(story: Story) -> None:
    institute = "Institute for Alpine Studies via Letters"
    program, service = "internships@alpine.example.org", "letters@letters.example.org"
    assert {
        kind: (made.to, made.from_name, made.reply_to)
        for kind, (_, made) in one_of_each(story).items()
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


@on_sqlite
def test_the_sample_mails_come_as_those_of_their_kind_do(
    story: Story, subtests: pytest.Subtests
) -> None:
    for kind, (_, made) in one_of_each(story).items():
        with subtests.test(kind=kind.value):
            assert bool(made.thread) is (kind not in writing.ALONE)
            assert bool(made.dated) is (kind in writing.DATED)
            assert (made.from_name == "Letters") is (kind in writing.FROM_NO_PROGRAM)
            assert bool(made.headers) is (kind is MessageKind.DIGEST)


@on_sqlite
def test_the_link_in_a_mail_opens_what_it_is_about(story: Story, subtests: pytest.Subtests) -> None:
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
    mails = one_of_each(story)
    for kind, (path, purpose, subject_of) in links.items():
        with subtests.test(kind=kind.value):
            row, made = mails[kind]
            before, _, after = path.partition("{}")
            url = str(made.facts["url"])
            token = url.removeprefix(BASE + before).removesuffix(after)
            assert url == BASE + path.format(token)
            opened = story.house.works.tools.links.read(purpose, token)
            assert opened.row_id == subject_of(row)


def of_request(row: OutboxMessage) -> UUID | None:
    return row.request_id


def of_application(row: OutboxMessage) -> UUID | None:
    return row.application_id


def of_coordinator(row: OutboxMessage) -> UUID | None:
    return row.coordinator_id


def of_sign_in(row: OutboxMessage) -> UUID | None:
    return UUID(row.details["sign_in"])


@on_sqlite
def test_an_advance_notice_carries_no_link_but_its_own(story: Story) -> None:
    _, found = one_of_each(story)[MessageKind.ADVANCE_NOTICE]
    words = story.house.renderer.render(MessageKind.ADVANCE_NOTICE, found.facts, "en")
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


@on_sqlite
def test_a_question_for_more_time_leads_to_the_application_in_the_dashboard(story: Story) -> None:
    row, found = one_of_each(story)[MessageKind.MORE_TIME_ASKED]
    assert found.facts["url"] == f"{BASE}/coordinate/applications/{row.application_id}"


@on_sqlite
def test_the_applicant_is_told_nothing_about_the_letter(story: Story) -> None:
    _, found = one_of_each(story)[MessageKind.LETTER_ARRIVED]
    letter = scenes.letters(story.house)[0]
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


# --- again, in other words --------------------------------------------------------------------


def again(story: Story) -> list[object]:
    mails = [composed(story, row) for row in outbox(story.house, MessageKind.LETTER_REQUEST)]
    return [one.facts["again"] for one in mails if one]


def test_a_request_says_whether_it_comes_again(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.decline(story, application_id)
    scenes.take_back(story, application_id)
    send_link_again(story, application_id)
    assert again(story) == [False, False, True, True]


def send_link_again(story: Story, application_id: UUID) -> None:
    with story.house.works.change(REFEREE) as work:
        application = finding.application(work, application_id, lock=True)
        requesting.send_link_again(work, application, application.requests[0])


def test_the_status_link_again_says_so(story: Story) -> None:
    application_id = story.apply()
    with story.house.works.change(scenes.APPLICANT) as work:
        application = finding.application(work, application_id, lock=True)
        requesting.send_status_link_again(work, application)
    mails = [composed(story, row) for row in outbox(story.house)]
    assert [one.facts["again"] for one in mails if one] == [False, True]


# --- what is true by then ---------------------------------------------------------------------


def test_a_corrected_address_counts(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, referee_email="ada@new.example.edu")
    scenes.change_application(story, application_id, applicant_email="mira@new.example.com")
    box = Postbox()
    deliver_to(story.house, box)
    assert sorted(message.to for message in box.messages) == [
        "ada@new.example.edu",
        "b.dewit@example.org",
        "mira@new.example.com",
        "mira@new.example.com",
    ]
    assert sorted(row.sent_to or "" for row in outbox(story.house)) == sorted(
        message.to for message in box.messages
    )


def test_a_replaced_link_is_never_mailed(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, link_generation=2)
    found = composed(story, outbox(story.house, MessageKind.LETTER_REQUEST)[0])
    assert found is not None
    assert str(found.facts["url"]).endswith(story.upload_token(application_id))


def test_a_notice_is_dropped_once_the_letter_was_asked_for(story: Story) -> None:
    application_id = story.apply()
    scenes.give_notices(story, application_id)
    scenes.select_for_letters(story, application_id)
    assert left_out(story.house, MessageKind.ADVANCE_NOTICE) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("slot", [s for s in Slot if s not in {Slot.NOT_REQUESTED, Slot.OPEN}])
def test_a_request_is_dropped_once_it_was_answered_or_is_over(
    story: Story, clock: TestClock, slot: Slot
) -> None:
    scenes.reach(story, clock, slot)
    assert left_out(story.house, MessageKind.LETTER_REQUEST)[0] == "cancelled"


def test_a_link_that_was_asked_for_comes_when_the_letter_is_in_too(story: Story) -> None:
    application_id = scenes.requested(story)
    send_link_again(story, application_id)
    scenes.send_letter(story, application_id)
    assert left_out(story.house, MessageKind.LETTER_REQUEST) == ["cancelled", "sent", "sent"]


def test_what_a_receipt_says_stays_true(story: Story, clock: TestClock) -> None:
    scenes.send_letter(story, scenes.requested(story))
    clock.set(CLOSES + A_DAY)
    assert left_out(story.house, MessageKind.RECEIPT) == ["sent"]


@pytest.mark.parametrize(
    ("later", "expected"), [(LINK_LIFETIME, "sent"), (LINK_LIFETIME + BLINK, "cancelled")]
)
def test_a_sign_in_link_is_not_mailed_when_it_has_expired(
    story: Story, clock: TestClock, later: timedelta, expected: str
) -> None:
    ask_for_sign_in(story)
    clock.set(START + later)
    assert left_out(story.house, MessageKind.SIGN_IN) == [expected]


def test_a_sign_in_link_is_not_mailed_when_it_was_used(story: Story) -> None:
    ask_for_sign_in(story)
    with story.house.works.change(SYSTEM) as work:
        url = signing_in.make_link(work, CORA)
    with story.house.works.change(SYSTEM) as work:
        signing_in.use_link(work, url.rpartition("/")[2], None, "")
    assert left_out(story.house, MessageKind.SIGN_IN) == ["cancelled"]


def test_a_digest_without_news_any_more_is_dropped_and_its_window_closed(
    story: Story, clock: TestClock
) -> None:
    coordinator_id = story.add_coordinator()
    application_id = scenes.requested(story)
    story.deliver()
    clock.advance(A_DAY)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    story.deliver()
    scenes.decline(story, application_id)
    clock.advance(A_DAY)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    scenes.take_back(story, application_id)
    newest = window_of(outbox(story.house, MessageKind.DIGEST)[-1]).until_seq
    assert left_out(story.house, MessageKind.DIGEST) == ["sent", "cancelled"]
    assert reached(story, coordinator_id) == (newest, START + 2 * A_DAY)


# --- how much it takes ------------------------------------------------------------------------


COUNTED = (MessageKind.APPLICATION_SUBMITTED, MessageKind.LETTER_REQUEST, MessageKind.DIGEST)


def test_a_mail_takes_as_many_statements_among_many_as_alone(story: Story) -> None:
    story.add_coordinator()
    taken: dict[MessageKind, list[int]] = {kind: [] for kind in COUNTED}
    applications = 0
    for count in (1, 3, 300):
        (*_, newest) = scenes.apply_many(story, count - applications)
        applications = count
        scenes.select_for_letters(story, newest)
        scenes.send_letter(story, newest)
        plan_digests(story.house.works, SYSTEM, at_once=True)
        for kind in COUNTED:
            taken[kind].append(statements_for_the_newest(story.house, kind))
    assert taken == {kind: [counts[0]] * 3 for kind, counts in taken.items()}


def statements_for_the_newest(house: House, kind: MessageKind) -> int:
    """Put off all mails but the newest of a kind, deliver that, and count what it takes."""
    newest = outbox(house, kind)[-1].id
    with house.works.change(SYSTEM) as work:
        work.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.status == OutboxStatus.QUEUED)
            .values(not_before=START + 1000 * A_DAY)
        )
        work.session.execute(
            update(OutboxMessage).where(OutboxMessage.id == newest).values(not_before=START)
        )
    box = Postbox()
    with counted(house.database.engine) as statements:
        assert scenes.postman_with(house, box).deliver_next() is True
    assert len(box.messages) == 1
    return len(statements)
