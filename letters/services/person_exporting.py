"""All that is kept about one person, for that person: one ZIP with `person.json` and own letters.

What a person may read of it is decided by the part they come in. An applicant gets what their own
pages show and what they gave; of letters nothing, waived or not, and nothing that a referee or a
coordinator wrote: whoever kept the right to view asks the program; of the networks that their acts
came from only when, since that is all there is to read of them. A referee gets what they gave, what
was written to them, the letters they sent, and the identity signals about them. A coordinator gets
their own row and what they did. Instants are UTC, in ISO 8601.
"""

import json
from collections.abc import Iterator

from zipstream import ZipStream

from letters.domain.errors import LetterUnreadable, StoreUnavailable
from letters.records import Letter
from letters.services import person_facts, persons
from letters.services.person_facts import Facts
from letters.services.persons import Person
from letters.services.receiving import decrypted
from letters.services.work import Actor, Works

PERSON = "person.json"
RULE = (
    "An applicant gets what they gave and what their own pages show: nothing of letters, and "
    "nothing that referees or coordinators wrote. A referee gets what they gave, what was written "
    "to them, their own letters, and what was noticed about their identity. Mails are listed by "
    "kind and time."
)


def archive(works: Works, actor: Actor, email: str) -> Iterator[bytes]:
    """Yield the ZIP piece by piece; of each letter the journal says that it left.

    Raises InvalidInput or UnknownPerson before the first piece.
    """
    with works.look(actor) as work:
        person = persons.find(work, email)
    return _pieces(works, actor, person)


def _pieces(works: Works, actor: Actor, person: Person) -> Iterator[bytes]:
    zipped = ZipStream()
    as_referee: list[Facts] = []
    for request_id in person.requests:
        with works.change(actor) as work:
            facts, letters = person_facts.as_referee(work, person, request_id)
        for letter, told in letters:
            content = _content(works, actor, letter)
            told["file"] = told["file"] if content is not None else None
            if content is not None:
                zipped.add(content, told["file"])
                yield from zipped.all_files()
        as_referee.append(facts)
    with works.look(actor) as work:
        all_of_it = {
            "rule": RULE,
            "address": person.address,
            "made_at": work.now.isoformat(),
            "as_applicant": [
                person_facts.as_applicant(work, person, x) for x in person.applications
            ],
            "as_referee": as_referee,
            "in_drafts_of_others": [person_facts.in_draft(work, person, x) for x in person.drafts],
            "as_coordinator": person_facts.as_coordinator(work, person.coordinator),
        }
    zipped.add(json.dumps(all_of_it, indent=2, ensure_ascii=False).encode(), PERSON)
    yield from zipped.finalize()


def _content(works: Works, actor: Actor, letter: Letter) -> bytes | None:
    """Return the bytes of a letter; None where it is deleted or cannot be read."""
    if letter.purged_at is not None:
        return None
    try:
        with works.look(actor) as work:
            return decrypted(work, letter)
    except (LetterUnreadable, StoreUnavailable):
        return None
