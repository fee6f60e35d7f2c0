"""What a letter is compared with, read off the applications and programs there are."""

from dataclasses import replace
from io import BytesIO

import pytest

from letters.domain.documents import UNCHECKED, Findings
from letters.domain.keeping import Quarantine
from letters.domain.status import RequestStatus
from letters.domain.wrong_letter import Mark
from letters.house import House
from letters.services import expecting, receiving
from letters.services.expecting import wanted
from letters.services.inspecting import Examiners, Wanted, look_at
from tests.services import replies, scenes
from tests.services.scenes import NOOR
from tests.support.houses import InProcessInspector
from tests.support.pdfs import letter_pdf
from tests.support.people import (
    FELLOWSHIP,
    INTERNSHIP,
    MIRA,
    REFEREE,
    REFEREES,
    START,
    Story,
    tell,
)
from tests.support.wanted import LARGEST

EVERYBODY = (
    "alerted",
    "asked",
    "answered",
    "in another program",
    "declined early",
    "declined",
    "cancelled",
)
READING = Examiners(InProcessInspector(reads=True))


def wanted_for(story: Story, position: int = 1) -> Wanted:
    """Return what a new letter for Mira is compared with."""
    application_id = scenes.requested(story)
    with story.house.works.look(REFEREE) as work:
        found, _ = receiving.may_send(work, story.upload_token(application_id, position))
    return found


def test_a_letter_is_for_one_person_at_one_place_today(story: Story) -> None:
    found = wanted_for(story)
    expected = found.expected
    assert (found.largest, found.takes_word) == (LARGEST, False)
    assert (expected.applicant_name, expected.organization) == (
        MIRA.applicant_name,
        INTERNSHIP.organization,
    )
    assert (expected.wished_pages, expected.today) == (20, START.date())
    assert (expected.other_applicants, expected.other_organizations) == ((), ())


def test_it_may_be_about_others_for_whom_the_same_mailbox_is_asked(house: House) -> None:
    story = tell(house)
    people = {
        name: replace(NOOR, applicant_name=name.title(), applicant_email=f"{n}@example.com")
        for n, name in enumerate(EVERYBODY)
    }
    replies.alerted(story, people["alerted"])
    scenes.requested(story, people["asked"])
    scenes.send_letter(story, scenes.requested(story, people["answered"]))
    scenes.automatic(house).apply(people["in another program"])
    early = replies.alerted(story, people["declined early"])
    replies.decline_early(story, early)
    scenes.decline(story, scenes.requested(story, people["declined"]))
    scenes.change_request(
        story,
        scenes.requested(story, people["cancelled"]),
        status=RequestStatus.CANCELLED,
        cancelled_at=START,
    )
    stranger = replace(
        MIRA, applicant_name="Somebody", applicant_email="s@example.com", referees=REFEREES[1:]
    )
    scenes.requested(story, stranger)

    found = wanted_for(story).expected.other_applicants
    assert set(found) == {"Alerted", "Asked", "Answered", "In Another Program"}
    assert "Somebody" in wanted_for(story, 2).expected.other_applicants


def test_the_same_person_is_no_other_and_nobody_is_named_twice(story: Story) -> None:
    scenes.requested(story, replace(MIRA, applicant_email="MIRA@example.com"))
    for _ in range(2):
        scenes.requested(story, NOOR)
    assert wanted_for(story).expected.other_applicants == (NOOR.applicant_name,)


def test_a_corrected_address_counts(story: Story) -> None:
    application_id = replies.alerted(story, NOOR)
    assert wanted_for(story).expected.other_applicants == (NOOR.applicant_name,)
    replies.correct(story, application_id, "ada@home.example.net")
    assert wanted_for(story).expected.other_applicants == ()


def test_it_may_be_for_other_organizations(house: House) -> None:
    story = tell(house)
    tell(house, replace(INTERNSHIP, slug="again"))
    for slug in ("one", "two"):
        tell(house, replace(FELLOWSHIP, slug=slug))
    assert wanted_for(story).expected.other_organizations == (FELLOWSHIP.organization,)


def test_so_many_names_are_enough(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        person = replace(NOOR, applicant_name=f"P{number}", applicant_email=f"p{number}@a.example")
        scenes.requested(story, person)
    monkeypatch.setattr(expecting, "MOST_OTHERS", 2)
    assert wanted_for(story).expected.other_applicants == ("P2", "P1")


# --- what comes of it -------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_looks_wrong_is_marked_and_taken(story: Story, subtests: pytest.Subtests) -> None:
    scenes.automatic(story.house)
    scenes.requested(story, NOOR)
    found = wanted_for(story)
    right = f"I recommend Mira Lindqvist to the {INTERNSHIP.organization}."
    for words, expected in (
        (right, ()),
        ("I recommend her.", (Mark.APPLICANT_MISSING,)),
        ("I recommend Noor Haddad.", (Mark.APPLICANT_MISSING, Mark.OTHER_APPLICANT)),
        (
            f"I recommend Mira Lindqvist to {FELLOWSHIP.organization}.",
            (Mark.OTHER_ORGANIZATION,),
        ),
    ):
        with subtests.test(words):
            upload = look_at(BytesIO(letter_pdf((words,))), "letter.pdf", found, READING)
            assert (upload.marks, upload.quarantine) == (expected, None)
    long = letter_pdf((right,), pages=21)
    assert look_at(BytesIO(long), None, found, READING).marks == (Mark.TOO_MANY_PAGES,)


class Overwhelmed(InProcessInspector):
    """An inspector that runs into its limits, having read something."""

    def inspect(self, content: bytes) -> Findings:
        """Give up."""
        return replace(UNCHECKED, texts=super().inspect(content).texts)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_could_not_be_checked_is_held_back_and_not_marked(story: Story) -> None:
    examiners = Examiners(Overwhelmed(reads=True))
    upload = look_at(BytesIO(letter_pdf()), None, wanted_for(story), examiners)
    assert (upload.quarantine, upload.marks) == (Quarantine.UNCHECKED, ())


def test_who_was_only_alerted_can_be_compared_too(story: Story) -> None:
    application_id = replies.alerted(story)
    found = story.application(application_id)
    with story.house.works.look(REFEREE) as work:
        expected = wanted(work, found, found.requests[0]).expected
    assert expected.applicant_name == MIRA.applicant_name
