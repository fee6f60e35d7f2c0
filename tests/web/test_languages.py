"""Every sentence of every page goes through gettext, and none is missing for the translators.

The application speaks a language in which each message stands in ⟦brackets⟧. What is found outside
of them is data (names, dates, addresses), or it was forgotten.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from werkzeug.test import TestResponse

import letters.app
from letters.adapters.messages import TemplateMessages
from letters.domain.bulk import BulkAct
from letters.domain.documents import UNCHECKED, Findings
from letters.domain.errors import StoreFull, StoreUnavailable
from letters.house import House
from letters.records import OutboxMessage, OutboxStatus, new_id
from letters.resources import templates_folder
from letters.services import finding, noticing, person_erasing, receiving
from letters.services.inspecting import Examiners
from letters.services.program_cleaning import NewProgram
from tests.services import acts, bulk
from tests.support import pdfs
from tests.support.apps import app_on, moved_into
from tests.support.clock import TestClock
from tests.support.houses import InProcessInspector
from tests.support.people import (
    API,
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    REFEREES,
    START,
    SYSTEM,
    Story,
    tell,
)
from tests.support.wanted import LARGEST
from tests.web import brackets, scenes
from tests.web.brackets import forgotten
from tests.web.forms_of_drafts import applications, complete, group
from tests.web.status_states import CLOSED, LATE, PROGRAMS, STATES
from tests.web.visiting import (
    CORA,
    Visitor,
    attached,
    csrf_token,
    follow,
    heading,
    on_sqlite,
    press,
    replace_upload_links,
    sign_in_link,
    visitor_of,
)

pytestmark = on_sqlite

WORDY = replace(INTERNSHIP, description=brackets.DESCRIPTION, instructions=brackets.INSTRUCTIONS)
ADA = REFEREES[0].email.removesuffix(".edu")
LIST = f"/coordinate/programs/{WORDY.slug}"
REQUEST = bulk.ORDERS[BulkAct.REQUEST]


@pytest.fixture(scope="module")
def translations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the catalogue."""
    folder = tmp_path_factory.mktemp("translations")
    brackets.write_catalogue(folder)
    return folder


@pytest.fixture(scope="module")
def made() -> list[Flask]:
    """The application in brackets, once it was made."""
    return []


@pytest.fixture
def app(house: House, made: list[Flask], translations: Path) -> Flask:
    """The application in brackets, with the test's house in it."""
    if not made:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(letters.app, "translations_folder", lambda: translations)
            made.append(app_on(house))
    return moved_into(made[0], house)


@pytest.fixture
def story(house: House) -> Story:
    """A program that has something to say in each place."""
    return tell(house, WORDY)


@pytest.fixture
def cora(app: Flask, story: Story) -> Visitor:
    """The browser of Cora, who runs the program."""
    story.add_coordinator()
    visitor = visitor_of(app)
    _press(visitor, visitor.get(sign_in_link(story.house)), "Sign in")
    return visitor


def _press(
    visitor: Visitor, page: TestResponse, label: str, values: dict[str, object] | None = None
) -> TestResponse:
    return press(visitor, page, f"⟦{label}⟧", values)


def _is_translated(page: TestResponse, status: int = 200) -> None:
    assert (page.status_code, forgotten(page.text)) == (status, [])


# --- for everybody ----------------------------------------------------------------------------


def test_the_pages_for_everybody(house: House, client: Visitor, clock: TestClock) -> None:
    _is_translated(client.get("/"))
    just_one = replace(INTERNSHIP, slug="just-one", min_letters=1, max_letters=1)
    for program in (WORDY, FELLOWSHIP, just_one):
        _is_translated(client.get(f"/programs/{tell(house, program).slug}"))
    _is_translated(client.get("/"))
    clock.set(CLOSED)
    _is_translated(client.get(f"/programs/{WORDY.slug}"))


# --- for who applies here ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [replace(INTERNSHIP, slug="selects"), replace(FELLOWSHIP, min_letters=2, max_letters=2)],
    ids=lambda p: p.slug,
)
def test_the_pages_of_who_applies_here(app: Flask, house: House, program: NewProgram) -> None:
    """With everything that a form can be wrong about, and all that it gives hints on."""
    story, visitor = tell(house, program), visitor_of(app)
    page = visitor.get(f"/programs/{story.slug}/apply")
    _is_translated(page)
    _is_translated(_press(visitor, page, "Mail me the link", {"name": "", "email": "x"}), 422)
    me: dict[str, object] = {"name": MIRA.applicant_name, "email": MIRA.applicant_email}
    _is_translated(_press(visitor, page, "Mail me the link", me))
    [draft] = applications(house)
    where = f"/application/{story.status_token(draft.id)}"
    _is_translated(visitor.get(where))
    form = visitor.get(f"{where}/draft")
    _is_translated(form)
    slips = group(0, {"title": "T" * 99, "email": f"{ADA}.eud", "affiliation": "x" * 999})
    slips |= group(1, {"name": "B", "email": "b@gmail.com", "relationship": "x" * 999})
    wrong = _press(visitor, form, "Review", {"applicant.name": "", **slips, "waiver": "waive"})
    _is_translated(wrong, 422)
    _is_translated(_press(visitor, form, "Save", group(0, {"name": "Ada"})), 409)
    emptied = ("0.affiliation", "1.relationship", "1.acquaintance")
    good = complete(**{"applicant.name": MIRA.applicant_name})
    good |= {f"referees.{field}": "" for field in emptied}
    review = follow(visitor, _press(visitor, wrong, "Review", good))
    _is_translated(review)
    with house.works.change(API) as work:
        noticing.give_notices(work, draft.id)
    _is_translated(visitor.get(f"{where}/review"))
    _is_translated(visitor.get(f"{where}/draft"))
    _is_translated(follow(visitor, _press(visitor, review, "Submit")))


# --- for the referee --------------------------------------------------------------------------

REACH: dict[str, Callable[[Story, UUID], None]] = {
    "asked": lambda *_: None,
    "answered": lambda story, asked: scenes.letter_in(story, asked, name=brackets.FILE_NAME),
    "declined": lambda story, asked: scenes.decline(story, asked, reason=brackets.REASON),
    "cancelled": scenes.cancel,
    "withdrawn": scenes.withdraw,
}


@pytest.mark.parametrize("waived", [True, False], ids=["waived", "not waived"])
@pytest.mark.parametrize("state", REACH)
def test_the_upload_page(
    client: Visitor, story: Story, clock: TestClock, state: str, waived: bool
) -> None:
    asked = scenes.requested(story, replace(MIRA, waived=waived))
    REACH[state](story, asked)
    for moment in (START, LATE, CLOSED):
        clock.set(moment)
        _is_translated(client.get(f"/letter/{story.upload_token(asked)}"))


def test_the_upload_page_before_the_request(client: Visitor, story: Story) -> None:
    token = story.upload_token(story.apply())
    _is_translated(client.get(f"/letter/{token}"))
    _is_translated(client.get(f"/letter/{token}/decline"), 409)


REFUSED = {
    "empty": (b"", 422),
    "text": (b"text", 422),
    "encrypted": (pdfs.encrypted_pdf(), 422),
    "truncated": (pdfs.truncated_pdf(), 422),
    "too large": (b" " * (LARGEST + 1), 413),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_refused(client: Visitor, story: Story, asked: UUID, kind: str) -> None:
    content, status = REFUSED[kind]
    page = client.get(f"/letter/{story.upload_token(asked)}")
    _is_translated(_press(client, page, "Send the letter", attached(content)), status)


def test_no_file(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}")
    _is_translated(_press(client, page, "Send the letter"), 400)


class _OutOfTime(InProcessInspector):
    """An inspector that ran into its limits."""

    def inspect(self, _content: bytes) -> Findings:
        """Return that nothing was found out."""
        return UNCHECKED


def test_the_receipts(app: Flask, client: Visitor, story: Story, asked: UUID) -> None:
    token = story.upload_token(asked)
    scenes.letter_in(story, asked, name=brackets.FILE_NAME)
    _is_translated(client.get(f"/letter/{token}/receipt"))
    app.extensions["letters"] = replace(story.house, examiners=Examiners(_OutOfTime()))
    page = client.get(f"/letter/{token}")
    answer = _press(client, page, "Replace the letter", attached(name=brackets.FILE_NAME))
    _is_translated(follow(client, answer))


def test_declining(client: Visitor, story: Story, asked: UUID) -> None:
    page = client.get(f"/letter/{story.upload_token(asked)}/decline")
    _is_translated(page)
    for reason in (brackets.REASON * 200, f"{brackets.REASON}\x07"):
        _is_translated(_press(client, page, "Decline", {"reason": reason}), 422)


def test_a_new_link(client: Visitor, story: Story, asked: UUID) -> None:
    replaced = story.upload_token(asked)
    replace_upload_links(story.house)
    page = client.get(f"/letter/{replaced}")
    _is_translated(page, 410)
    for _ in range(5):
        _is_translated(_press(client, page, "Send me a new link"))
    _is_translated(_press(client, page, "Send me a new link"), 429)


# --- for the applicant ------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "name"), STATES, ids=lambda part: part)
def test_the_status_view(
    house: House, client: Visitor, clock: TestClock, policy: str, name: str
) -> None:
    program, state = PROGRAMS[policy], STATES[policy, name]
    story = tell(house, program)
    token = story.status_token(state.reach(story))
    clock.set(state.at)
    _is_translated(client.get(f"/application/{token}"))


def test_alerting(app: Flask, client: Visitor, story: Story, translations: Path) -> None:
    renderer = TemplateMessages(templates_folder(), translations)
    app.extensions["letters"] = replace(story.house, renderer=renderer)
    page = client.get(f"/application/{story.status_token(story.apply())}/alert")
    _is_translated(page)
    wrong: list[dict[str, object]] = [{"referee": []}, {"personal_line": "\x07"}]
    for typed in wrong:
        _is_translated(_press(client, page, "Look at the mail", typed), 422)
    _is_translated(_press(client, page, "Look at the mail"))


# --- for the coordinator ----------------------------------------------------------------------


def test_signing_in(client: Visitor, story: Story, clock: TestClock) -> None:
    story.add_coordinator()
    page = client.get("/coordinate/sign-in")
    _is_translated(page)
    _is_translated(_press(client, page, "Mail me the link", {"email": ""}), 422)
    _is_translated(_press(client, page, "Mail me the link", {"email": CORA}))
    link = sign_in_link(story.house)
    _is_translated(client.get(link))
    clock.advance(timedelta(hours=1))
    expired = client.get(link)
    _is_translated(expired, 410)
    _is_translated(_press(client, expired, "Send me a new link"))
    link = sign_in_link(story.house)
    _press(client, client.get(link), "Sign in")
    _is_translated(client.get(link), 410)
    _is_translated(visitor_of(client.application).get(link), 410)


def test_the_dashboard_before_the_first_application(cora: Visitor) -> None:
    _is_translated(cora.get(LIST))
    _is_translated(cora.get(f"{LIST}?search=nobody"))


def test_the_dashboard(app: Flask, cora: Visitor, story: Story, clock: TestClock) -> None:
    _everything_happens(app, story)
    for path in ("/coordinate/", LIST, f"{LIST}?status=draft"):
        _is_translated(cora.get(path))
    clock.set(CLOSED)
    _press(cora, cora.get(sign_in_link(story.house)), "Sign in")
    for path in ("/coordinate/", LIST, f"{LIST}?status=draft"):
        _is_translated(cora.get(path))


def test_the_application_page(app: Flask, cora: Visitor, story: Story, clock: TestClock) -> None:
    for application_id in _everything_happens(app, story):
        _is_translated(cora.get(f"/coordinate/applications/{application_id}"))
    waiting = scenes.alerted(story)
    for position in (1, 2):
        acts.decline_early(story, waiting, position, "")
    _is_translated(cora.get(f"/coordinate/applications/{waiting}"))
    clock.set(CLOSED)
    _press(cora, cora.get(sign_in_link(story.house)), "Sign in")
    _is_translated(cora.get(f"/coordinate/applications/{waiting}"))


def test_who_was_erased_is_said_so_in_the_readers_language(
    cora: Visitor, client: Visitor, story: Story, clock: TestClock
) -> None:
    asked = scenes.requested(story)
    story.deliver()
    clock.set(CLOSED)
    story.deliver()
    _erase(story, REFEREES[0].email)
    _is_translated(client.get(f"/application/{story.status_token(asked)}"))
    _erase(story, MIRA.applicant_email)
    _press(cora, cora.get(sign_in_link(story.house)), "Sign in")
    page = cora.get(f"/coordinate/applications/{asked}")
    _is_translated(page)
    assert heading(page) == "⟦erased⟧"
    _is_translated(cora.get(LIST))


def _erase(story: Story, email: str) -> None:
    outcome = person_erasing.erase(story.house.works, SYSTEM, email, brackets.REASON)
    assert (len(outcome.erased), outcome.remaining) == (1, [])


def _everything_happens(app: Flask, story: Story) -> list[UUID]:
    """Let an application come into each state; return their ids."""
    draft, waiting = story.apply(submit=False), story.apply(replace(MIRA, external_id="X-001"))
    with story.house.works.change(API) as work:
        noticing.give_notices(work, draft)
    asked, partly, complete, cancelled, withdrawn = (scenes.requested(story) for _ in range(5))
    scenes.letter_in(story, partly, 1, name=brackets.FILE_NAME)
    scenes.decline(story, partly, 2, brackets.REASON)
    story.deliver()
    for position in (1, 2, 1):
        scenes.letter_in(story, complete, position, name=brackets.FILE_NAME)
    scenes.cancel(story, cancelled)
    scenes.withdraw(story, withdrawn)
    visitor = visitor_of(app)
    scenes.decline(story, asked)
    page = visitor.get(f"/letter/{story.upload_token(asked)}")
    _press(visitor, page, "I can write after all")
    with story.house.works.change(SYSTEM) as work:
        dead = OutboxMessage.application_id == asked
        given_up = {"status": OutboxStatus.DEAD, "sent_at": None, "last_error": brackets.ERROR}
        work.session.execute(update(OutboxMessage).where(dead).values(given_up))
    return [draft, waiting, asked, partly, complete, cancelled, withdrawn]


def test_the_journal_s_rarer_facts(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked, name=brackets.FILE_NAME)
    page = cora.get(f"/coordinate/applications/{asked}")
    label = "Download the letter⟧ ⟦of Prof. Ada Ferreira"
    assert _press(cora, page, label).status_code == 200
    _is_translated(cora.get(f"/coordinate/applications/{asked}"))


def test_acts_on_several(app: Flask, cora: Visitor, story: Story) -> None:
    _everything_happens(app, story)
    page = cora.get(LIST)
    _is_translated(_press(cora, page, "Select and request letters"), 422)
    data = {"csrf_token": csrf_token(page), "all": "yes"}
    jobs = f"{LIST}/bulk"
    _is_translated(cora.get(jobs))
    for act in BulkAct:
        seen = cora.post(f"{jobs}/{act}", data=data)
        _is_translated(seen)
        form = {**data, "form": str(new_id()), "foreseen": "99", "reason": brackets.REASON}
        form |= {"day": "2027-04-15", "day_foreseen": "2027-04-15"} if act is BulkAct.EXTEND else {}
        for wrong, status in (({"foreseen": "1"}, 409), ({"reason": f"{brackets.REASON}\0"}, 422)):
            _is_translated(cora.post(f"{jobs}/{act}/start", data=form | wrong), status)
        _is_translated(follow(cora, cora.post(f"{jobs}/{act}/start", data=form)))
    form = {**data, "day": "2027-01-01"}
    _is_translated(cora.post(f"{jobs}/extend", data=form), 422)
    _is_translated(cora.get(jobs))


def test_an_act_that_goes_on_and_one_that_was_stopped(cora: Visitor, story: Story) -> None:
    story.apply()
    with story.house.works.look(SYSTEM) as work:
        by = finding.coordinator_by_email(work, CORA).id
    path = f"{LIST}/bulk/jobs/{bulk.start(story, by, REQUEST, reason=brackets.REASON)}"
    _is_translated(cora.get(path))
    said = cora.get(f"{path}/progress").get_json()["said"]
    assert (said[0], said[-1]) == ("⟦", "⟧")
    _press(cora, cora.get(path), "Stop")
    _is_translated(cora.get(path))


# --- errors -----------------------------------------------------------------------------------


def test_the_pages_of_http_s_own_errors(client: Visitor, story: Story, asked: UUID) -> None:
    path = f"/letter/{story.upload_token(asked)}"
    _is_translated(client.get("/nothing"), 404)
    _is_translated(client.get("/letter/x"), 404)
    _is_translated(client.delete("/"), 405)
    _is_translated(client.post(f"{path}/decline"), 400)
    _is_translated(client.post(f"{path}/decline", data={"reason": "x" * 2_000_000}), 413)
    _is_translated(client.get("/", headers={"Host": "evil.example.com"}), 400)


@pytest.mark.parametrize(
    ("error", "status"),
    [(StoreUnavailable(), 503), (StoreFull(), 507), (RuntimeError(), 500)],
    ids=["unavailable", "full", "a mistake of ours"],
)
def test_a_letter_that_is_not_saved(
    client: Visitor,
    story: Story,
    asked: UUID,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def fail(*_: object) -> None:
        raise error

    page = client.get(f"/letter/{story.upload_token(asked)}")
    monkeypatch.setattr(receiving, "receive", fail)
    _is_translated(_press(client, page, "Send the letter", attached()), status)


def test_what_a_coordinator_may_not_do(cora: Visitor, house: House, story: Story) -> None:
    other = tell(house, FELLOWSHIP).apply(scenes.with_referees(MIRA, REFEREES))
    _is_translated(cora.get(f"/coordinate/applications/{other}"), 403)
    _is_translated(cora.get(f"/coordinate/applications/{new_id()}"), 404)
    _is_translated(cora.get("/coordinate/programs/x"), 404)
    page = cora.get(f"/coordinate/applications/{story.apply()}")
    _press(cora, page, "Select and request letters")
    _is_translated(_press(cora, page, "Select and request letters"), 409)
