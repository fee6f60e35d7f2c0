"""How applicants go through the form of a draft."""

from uuid import UUID

from sqlalchemy import select
from werkzeug.test import TestResponse

from letters.house import House
from letters.records import Application
from tests.support.markup import forms
from tests.support.people import MIRA, SYSTEM, Story
from tests.web.visiting import Visitor, form_with, press

NAME, ME = MIRA.applicant_name, MIRA.applicant_email
SEND = "Mail me the link"
REVIEW, SAVE, ADD, SUBMIT = "Review", "Save", "Add a referee", "Submit"
ADA = {"title": "Prof.", "name": "Ada Ferreira", "email": "ada.ferreira@example.edu"}
BRAM = {
    "title": "Dr.",
    "name": "Bram de Wit",
    "email": "b.dewit@example.org",
    "affiliation": "Example Institute",
    "relationship": "supervised my thesis",
    "acquaintance": "Since 2024,\r\nfrom his lab.",
}
WAIVED = {"waiver": "waive", "signature": "mira lindqvist"}
KEPT = {"waiver": "keep"}


def group(number: int, referee: dict[str, str]) -> dict[str, object]:
    """Return what to enter into the group of this number, from 0."""
    return {f"referees.{number}.{name}": value for name, value in referee.items()}


def complete(**changes: object) -> dict[str, object]:
    """Return what to enter into a whole form."""
    return {**group(0, ADA), **group(1, BRAM), **WAIVED, **changes}


def begin(visitor: Visitor, slug: str, name: str = NAME, email: str = ME) -> TestResponse:
    """Ask for the link to a new draft."""
    page = visitor.get(f"/programs/{slug}/apply")
    return press(visitor, page, SEND, {"name": name, "email": email})


def applications(house: House) -> list[Application]:
    """Return all applications, oldest first."""
    with house.works.look(SYSTEM) as work:
        return list(work.session.scalars(select(Application).order_by(Application.id)))


def draft_of(story: Story, visitor: Visitor) -> UUID:
    """Begin a draft, and return its id."""
    assert begin(visitor, story.slug).status_code == 200
    [application] = applications(story.house)
    return application.id


def path(story: Story, application_id: UUID, page: str = "draft") -> str:
    """Return the path of a page of a draft."""
    return f"/application/{story.status_token(application_id)}/{page}"


def fill(
    visitor: Visitor, where: str, values: dict[str, object], button: str = SAVE
) -> TestResponse:
    """Enter `values` into the form as it is now, and press a button."""
    return press(visitor, visitor.get(where), button, values)


def reviewed(story: Story, visitor: Visitor, **changes: object) -> UUID:
    """Begin a draft and bring it through the review; return its id."""
    application_id = draft_of(story, visitor)
    answer = fill(visitor, path(story, application_id), complete(**changes), REVIEW)
    assert answer.location == path(story, application_id, "review"), answer.text
    return application_id


def entered(page: TestResponse) -> dict[str, str]:
    """Return what stands in the fields of the draft's form, but for what the page adds itself."""
    form = next(form for form in forms(page.text, page.request.path) if form.id == "draft")
    hidden = {"csrf_token", "version", "words"}
    return {name: values[0] for name, values in form.fields.items() if name not in hidden}


def version(page: TestResponse) -> str:
    """Return which version of the draft a page shows."""
    return form_with(page, REVIEW).fields["version"][0]
