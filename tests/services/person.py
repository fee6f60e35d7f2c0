"""A season in which one person comes in every part, and what is left of them anywhere."""

import zlib
from dataclasses import replace
from uuid import UUID

from sqlalchemy import LargeBinary, delete, select

from letters.house import House
from letters.records import Base, program_coordinators
from letters.services import administering, finding, person_erasing, person_parts, persons, remarks
from letters.services.applying import NewReferee
from letters.services.idempotency import Answer, Call, once
from letters.services.person_parts import Outcome
from tests.services import acts, scenes
from tests.services.keeping import hold, lift
from tests.support.once import played_once
from tests.support.people import API, MIRA, OPERATOR, REFEREES, SYSTEM, Story

SURNAME = "Quillfeather"
ADDRESS = "zinnia.quillfeather@example.edu"
ZINNIA = NewReferee(f"Prof. Zinnia {SURNAME}", ADDRESS, f"{SURNAME} Lab", f"{SURNAME} taught me")
AS_APPLICANT = replace(
    MIRA,
    applicant_name=f"Zinnia {SURNAME}",
    applicant_email=ADDRESS.upper(),
    external_id=f"{SURNAME}-1",
    fields={},
    tags=[],
)
NAMES_HER = replace(MIRA, referees=(ZINNIA, REFEREES[1]))
WHY = "She asked for it in writing."


def foreseen(story: Story, email: str = ADDRESS) -> Outcome:
    """Say what erasing her would do."""
    with story.house.works.look(SYSTEM) as work:
        return person_parts.foresee(work, persons.find(work, email))


def erase(story: Story, *, withdraw: bool = False, reason: str = WHY) -> Outcome:
    """Erase her."""
    return person_erasing.erase(story.house.works, OPERATOR, ADDRESS, reason, withdraw=withdraw)


@played_once
def add_api_key(story: Story) -> None:
    """Let a portal call for the program: what it was answered is kept for a while."""
    with story.house.works.change(OPERATOR) as work:
        administering.create_api_key(work, "admissions", story.slug)


@played_once
def words_about(story: Story, application_id: UUID) -> None:
    """Leave her name wherever words about an application are kept."""
    with story.house.works.change(scenes.COORDINATOR) as work:
        application = finding.application(work, application_id, lock=True)
        remarks.leave_note(work, application, f"Ask {SURNAME} once more.")
        remarks.leave_note(work, application, "Nothing of importance.")
        application.requests[0].personal_line = f"Yours, {SURNAME}"
        application.requests[0].acquaintance = f"{SURNAME} knows me."
        key_id = work.session.scalars(select(Base.metadata.tables["api_keys"].c.id)).first()
    if key_id is not None:
        with story.house.works.change(API) as work:
            told = {"id": str(application_id), "applicant": {"name": SURNAME, "email": ADDRESS}}
            once(work, Call(key_id, str(application_id), "same"), lambda: Answer(201, told))
    hold(story, None, f"About {SURNAME}.")
    lift(story, None, "It is over.")
    hold(story, application_id, f"A lawsuit of {SURNAME}.")
    lift(story, application_id, f"{SURNAME} won.")


def comes_in_every_part(story: Story) -> tuple[UUID, UUID]:
    """Let her apply, and be a referee of Mira; return the ids of both applications."""
    applied = scenes.requested(story, AS_APPLICANT)
    scenes.send_letter(story, applied, 1, f"I recommend {SURNAME}.")
    named = scenes.requested(story, NAMES_HER)
    scenes.send_letter(story, named, 1)
    for application_id in (applied, named):
        words_about(story, application_id)
    acts.begin_draft(story)
    scenes.mail_all(story.house)
    return applied, named


def traces(house: House, *words: str) -> list[str]:
    """Return in which columns of which tables a word is left, packed text included."""
    found: list[str] = []
    with house.works.look(SYSTEM) as work:
        for table in Base.metadata.sorted_tables:
            for row in work.session.execute(select(table)).mappings():
                for column in table.columns:
                    text = _text(row[column.name], packed=isinstance(column.type, LargeBinary))
                    if any(word.casefold() in text.casefold() for word in words):
                        found.append(f"{table.name}.{column.name}")
    return sorted(set(found))


def _text(value: object, *, packed: bool) -> str:
    if packed and isinstance(value, bytes):
        try:
            return zlib.decompress(value).decode()
        except zlib.error:
            return value.decode("latin-1")
    return str(value)


def add_her_as_coordinator(story: Story) -> UUID:
    """Let her work on the program."""
    return story.add_coordinator(ADDRESS, f"Zinnia {SURNAME}")


def stop_working(story: Story, coordinator_id: UUID) -> None:
    """Let her work on nothing any more."""
    with story.house.works.change(SYSTEM) as work:
        works_on = program_coordinators.c.coordinator_id == coordinator_id
        work.session.execute(delete(program_coordinators).where(works_on))
