"""The calls of the API. Each is one use case in one transaction."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from letters.records import Application
from letters.services import (
    administering,
    applying,
    changing,
    fields_and_tags,
    finding,
    listing_for_portals,
    noticing,
    program_fields,
    program_settings,
    requesting,
    withdrawing,
)
from letters.services.listing_for_portals import Wanted
from letters.services.work import Work
from letters.web.api import keys
from letters.web.api.answers import (
    ApplicationAnswer,
    ApplicationsAnswer,
    Facts,
    ProgramAnswer,
    application_facts,
    page_facts,
    program_facts,
    with_status_url,
)
from letters.web.api.bodies import (
    ApplicationInput,
    NoInput,
    NoticesInput,
    ProgramInput,
    RefereeInput,
)
from letters.web.api.changes_body import ProgramChangesInput
from letters.web.api.changing import application_changed, application_once
from letters.web.api.describing import described
from letters.web.api.fields_body import FieldsInput
from letters.web.api.list_query import ListQuery
from letters.web.api.once import answer_once, json_answer
from letters.web.api.reading import read, read_query
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.state import house

CREATED = HTTPStatus.CREATED
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
FORBIDDEN, NOT_FOUND, CONFLICT = HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT

api = Blueprint("api", __name__, url_prefix="/api/v1")
limiter.limit(keys.calls_per_key, key_func=keys.by_key)(api)


# --- programs ---------------------------------------------------------------------------------


@api.post("/programs")
@guarded(Guard.API_KEY)
@described(ProgramAnswer, FORBIDDEN, CONFLICT, status=CREATED, body=ProgramInput)
def create_program() -> ResponseReturnValue:
    """Create a program.

    Needs a key that speaks for all programs.
    """
    keys.may_create_programs()
    body = read(ProgramInput)
    new = body.as_new()

    def create(work: Work) -> Facts:
        program = administering.create_program(work, new)
        program_fields.define(program, body.definitions())
        return program_facts(program)

    answer = answer_once(create, CREATED)
    answer.location = url_for(".get_program", slug=new.slug)
    return answer


@api.get("/programs/<slug>")
@guarded(Guard.API_KEY)
@described(ProgramAnswer, NOT_FOUND)
def get_program(slug: str) -> ResponseReturnValue:
    """Say what a program asks."""
    with house().works.look(keys.caller().actor) as work:
        return json_answer(program_facts(keys.program(work, slug)))


@api.patch("/programs/<slug>")
@guarded(Guard.API_KEY)
@described(ProgramAnswer, NOT_FOUND, CONFLICT, body=ProgramChangesInput)
def change_program(slug: str) -> ResponseReturnValue:
    """Change what a program asks; what is left out stays as it is.

    What people were promised cannot be changed: once an application was submitted, the least
    number of letters and the policy stay. Another due date is told to all whom it concerns.
    """
    changes = read(ProgramChangesInput).model_dump(exclude_unset=True)
    with house().works.change(keys.caller().actor) as work:
        program = keys.program(work, slug)
        work.session.refresh(program, with_for_update=True)
        typed = replace(program_settings.settings_of(program), **changes)
        program_settings.save(work, program, typed, program_settings.version_of(program))
        return json_answer(program_facts(program))


# --- applications -----------------------------------------------------------------------------


@api.post("/applications")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, status=CREATED, body=ApplicationInput)
def create_application() -> ResponseReturnValue:
    """Take an application in, as a draft or submitted at once.

    Submitting mails the applicant the link to the status view. Under the policy `automatic` it
    also requests the letters; under `selected` that waits until the application is selected, and
    the referees are alerted now if the program has `notices_on_submission`. A rule of the program
    that matches `fields` and `tags` selects it at once.
    """
    body = read(ApplicationInput)

    def take_in(work: Work) -> Application:
        program = keys.program(work, body.program)
        application = applying.create(work, program, body.as_new())
        if body.submit:
            applying.submit_draft(work, application)
        return application

    answer = application_once(take_in, CREATED)
    answer.location = url_for(".get_application", application_id=answer.get_json()["id"])
    return answer


@api.get("/applications")
@guarded(Guard.API_KEY)
@described(ApplicationsAnswer, NOT_FOUND, UNPROCESSABLE, query=ListQuery)
def list_applications() -> ResponseReturnValue:
    """List applications, in the order in which they came, a hundred at a time.

    What came in since the last page was read is on a later one. `updated_since` finds those to
    which something happened; what the clock alone changes, such as a due date that passed, is
    nothing that happens.
    """
    query = read_query(ListQuery)
    with house().works.look(keys.caller().actor) as work:
        program_id = keys.caller().program_id
        if query.program is not None:
            program_id = keys.program(work, query.program).id
        wanted = Wanted(program_id, query.status, query.updated_since, query.cursor)
        return json_answer(page_facts(work, listing_for_portals.page(work, wanted)))


@api.get("/applications/<uuid:application_id>")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND)
def get_application(application_id: UUID) -> ResponseReturnValue:
    """Say where an application stands."""
    with house().works.look(keys.caller().actor) as work:
        facts = application_facts(work, keys.application(work, application_id))
        return json_answer(with_status_url(work, facts))


@api.post("/applications/<uuid:application_id>/submit")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=NoInput)
def submit_application(application_id: UUID) -> ResponseReturnValue:
    """Submit a draft.

    Under the policy `automatic` this requests its letters. Under `selected` it alerts the
    referees if the program has `notices_on_submission`, unless its rule selects the application.
    """
    read(NoInput)
    return application_changed(application_id, applying.submit)


@api.post("/applications/<uuid:application_id>/select")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=NoInput)
def select_application(application_id: UUID) -> ResponseReturnValue:
    """Select a submitted application, which requests its letters."""
    read(NoInput)
    return application_changed(application_id, requesting.select)


@api.post("/applications/<uuid:application_id>/withdraw")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=NoInput)
def withdraw_application(application_id: UUID) -> ResponseReturnValue:
    """Withdraw an application for good, in the applicant's name.

    What is still asked of its referees is cancelled, and they are told. Letters that are in stay.
    """
    read(NoInput)
    return application_changed(application_id, withdrawing.withdraw)


@api.post("/applications/<uuid:application_id>/referees")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=RefereeInput)
def add_referee(application_id: UUID) -> ResponseReturnValue:
    """Name one referee more, up to the most that the program takes.

    Where the others have been asked for their letters, this one is asked at once. To a draft that
    was begun on the pages of this service its applicant adds referees there.
    """
    new = read(RefereeInput).as_new()

    def add(work: Work, found: UUID) -> Application:
        application = finding.application(work, found, lock=True)
        changing.add(work, application, new, sure_of=new.email, drafts=True)
        return application

    return application_changed(application_id, add)


@api.post("/applications/<uuid:application_id>/fields")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=FieldsInput)
def change_fields(application_id: UUID) -> ResponseReturnValue:
    """Change what an application came with: its fields, its tags, or both.

    A rule of the program that matches it now selects it, which requests its letters.
    """
    body = read(FieldsInput)
    return application_changed(
        application_id,
        lambda work, found: fields_and_tags.change(work, found, body.as_brought()),
    )


@api.post("/applications/<uuid:application_id>/notices")
@guarded(Guard.API_KEY)
@described(ApplicationAnswer, NOT_FOUND, CONFLICT, body=NoticesInput)
def give_notices(application_id: UUID) -> ResponseReturnValue:
    """Send referees the advance notice.

    It goes to those named in the body, or to all who may get one: once each, and only before the
    letter itself is requested.
    """
    body = read(NoticesInput)
    return application_changed(
        application_id, lambda work, found: noticing.give_notices(work, found, body.requests)
    )
