"""The page of one mail: how it read when it went, how it would read now, and sending it again."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from letters.domain.journal import MessageKind
from letters.records import LetterRequest, MailCopy, OutboxMessage, OutboxStatus
from tests.support.hostile import HOSTILE, REFUSED
from tests.support.people import START, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    heading,
    lead,
    links_of,
    on_sqlite,
    press,
    text_of_section,
)

ADA = "Prof. Ada Ferreira"
REQUEST = f"Letter request for {ADA}"


def _give_up(story: Story) -> None:
    with story.house.works.change(SYSTEM) as work:
        dead = {"status": OutboxStatus.DEAD, "last_error": "451 try again later"}
        work.session.execute(update(OutboxMessage).values(dead))


def _open(visitor: Visitor, application_id: UUID, mail: str = REQUEST) -> str:
    return links_of(visitor.get(f"/coordinate/applications/{application_id}"))[mail]


def test_before_it_goes_it_shows_how_it_would_read_and_then_how_it_read(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    path = _open(cora, asked)
    with unchanged(story.house.database):
        before = cora.get(path)
    assert (heading(before), lead(before)) == (REQUEST, "on its way 1 February 2027, 10:00")
    words = text_of_section(before, "words")
    assert words.startswith(
        "As it would read now A mail is written when it is sent: what changes before then changes "
        "it. To ada.ferreira@example.edu Subject "
    )
    story.deliver()
    with story.house.works.change(SYSTEM) as work:
        work.session.execute(update(MailCopy).values(subject="As it was"))
    after = cora.get(path)
    assert lead(after) == "to ada.ferreira@example.edu sent 1 February 2027, 10:00"
    words = text_of_section(after, "words")
    assert words.startswith("As it was sent To ada.ferreira@example.edu Subject As it was Dear ")
    for page in (before, after):
        assert story.upload_token(asked) not in page.text
        assert "/letter/…" in page.text
        assert form_labels(page) == ["Sign out"]


def test_what_was_given_up_is_sent_again(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    _give_up(story)
    page = cora.get(_open(cora, asked))
    assert lead(page) == "given up 1 February 2027, 10:00 451 try again later"
    done = follow(cora, press(cora, page, "Send it again"))
    assert lead(done).startswith("on its way")
    happened = text_of_section(cora.get(f"/coordinate/applications/{asked}"), "happened")
    assert "A mail that was given up is sent again (you)" in happened
    with unchanged(story.house.database):
        assert press(cora, page, "Send it again").status_code == 409


@on_sqlite
def test_what_came_back_shows_why_and_how_it_read_and_is_sent_again(
    cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    story.deliver()
    path = _open(cora, asked)
    with story.house.works.change(SYSTEM) as work:
        back = {"bounced_at": START + timedelta(hours=1), "last_error": "550 5.1.1 User unknown"}
        to_ada = OutboxMessage.sent_to == "ada.ferreira@example.edu"
        work.session.execute(update(OutboxMessage).where(to_ada).values(back))
    page = cora.get(path)
    fate = "to ada.ferreira@example.edu bounced 1 February 2027, 11:00 550 5.1.1 User unknown"
    assert lead(page) == fate
    assert fate in text_of_section(cora.get(f"/coordinate/applications/{asked}"), "mails")
    assert text_of_section(page, "words").startswith("As it was sent To ada.ferreira@example.edu")
    with story.house.works.change(SYSTEM) as work:
        ada = LetterRequest.referee_email == "ada.ferreira@example.edu"
        corrected = {"referee_email": "ada@new.example.edu"}
        work.session.execute(update(LetterRequest).where(ada).values(corrected))
    page = cora.get(path)
    assert "It is sent to ada@new.example.edu, the address on file now" in content(page)
    assert lead(follow(cora, press(cora, page, "Send it again"))).startswith("on its way")


@on_sqlite
def test_reports_of_delay_are_said(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    story.deliver()
    with story.house.works.change(SYSTEM) as work:
        for row in work.session.scalars(select(OutboxMessage)):
            row.details = {**row.details, "delays": ["a", "b"]}
    said = "Another server reported 2 times that it could not deliver it yet."
    assert lead(cora.get(_open(cora, asked))).endswith(said)


def test_what_is_not_so_any_more_cannot_be_sent_again(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    _give_up(story)
    page = cora.get(_open(cora, asked))
    scenes.letter_in(story, asked)
    later = cora.get(_open(cora, asked))
    assert "What it says is not so any more." in content(later)
    assert form_labels(later) == ["Sign out"]
    with unchanged(story.house.database):
        refused = press(cora, page, "Send it again")
    assert refused.status_code == 409
    assert "so it is not sent again" in content(refused)


@on_sqlite
def test_without_a_copy_it_says_so(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    story.deliver()
    with story.house.works.change(SYSTEM) as work:
        work.session.query(MailCopy).delete()
        dropped = OutboxMessage.kind == MessageKind.APPLICATION_SUBMITTED
        cancelled = {"status": OutboxStatus.CANCELLED, "sent_at": None, "sent_to": None}
        work.session.execute(update(OutboxMessage).where(dropped).values(cancelled))
    assert "No copy of the words is kept" in content(cora.get(_open(cora, asked)))
    unsent = cora.get(_open(cora, asked, "News for the applicant: submitted"))
    assert "It was not sent, so nobody has read it." in content(unsent)


@on_sqlite
def test_hostile_words_of_a_mail_stay_words(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    story.deliver()
    path = _open(cora, asked)
    words = " ".join(one for one in HOSTILE if one not in REFUSED)
    with story.house.works.change(SYSTEM) as work:
        for copy in work.session.scalars(select(MailCopy)):
            copy.text = words
    page = cora.get(path)
    assert " ".join(words.split()) in content(page)
