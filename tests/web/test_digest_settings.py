"""How often digests come: chosen when signed in or behind the link, and ended with one click."""

from uuid import UUID

import pytest
from flask import Flask

from letters.adapters.mailer import read_folder
from letters.domain.digest import Frequency
from letters.ports import Purpose
from letters.services import digest_settings
from letters.services.digesting import plan_digests
from tests.support.clock import TestClock
from tests.support.people import A_DAY, SYSTEM, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_with,
    heading,
    on_sqlite,
    path_of,
    press,
    visitor_of,
)

pytestmark = on_sqlite

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def token_for(story: Story, coordinator_id: UUID, generation: int = 1) -> str:
    return story.house.works.tools.links.mint(Purpose.DIGEST, coordinator_id, generation)


def chosen(story: Story, coordinator_id: UUID) -> digest_settings.SettingsPage:
    with story.house.works.look(SYSTEM) as work:
        return digest_settings.settings_page(work, coordinator_id)


def frequencies(story: Story, coordinator_id: UUID) -> list[Frequency]:
    return [frequency for _, frequency in chosen(story, coordinator_id).programs]


@pytest.fixture
def reader(story: Story) -> UUID:
    """Cora, who reads digests and is not signed in."""
    return story.add_coordinator()


def test_a_coordinator_chooses_when_digests_come(cora: Visitor, story: Story) -> None:
    page = cora.get("/coordinate/digest")
    (select,) = [name for name in form_with(page, "Save").filled() if name.startswith("frequency-")]
    saved = press(
        cora,
        page,
        "Save",
        {
            select: "weekly",
            "hour": "18",
            "timezone": "America/Chicago",
            "weekday": "4",
            "risk_days": "3",
            "when_empty": "yes",
        },
    )
    assert "Saved." in content(follow(cora, saved))
    now = chosen(story, story.add_coordinator())
    assert [frequency for _, frequency in now.programs] == [Frequency.WEEKLY]
    found = now.coordinator
    assert (found.digest_hour, found.timezone, found.digest_weekday) == (18, "America/Chicago", 4)
    assert (found.risk_days, found.digest_when_empty) == (3, True)


def test_what_cannot_be_is_refused_and_named(client: Visitor, story: Story, reader: UUID) -> None:
    form = client.get(f"/coordinate/digest/{token_for(story, reader)}")
    with unchanged(story.house.database):
        wrong = {"timezone": "Mars/Olympus", "risk_days": "61"}
        answer = press(client, form, "Save", wrong)
    assert answer.status_code == 422
    assert "Use the name of a time zone, such as Europe/Zurich." in content(answer)
    assert "Choose from 0 to 60 days." in content(answer)


def test_the_link_in_a_digest_opens_the_settings_of_its_reader_alone(
    client: Visitor, story: Story, reader: UUID
) -> None:
    other = story.add_coordinator("chris@example.org", "Chris")
    form = client.get(f"/coordinate/digest/{token_for(story, reader)}")
    assert "cora@alpine.example.org" in content(form)
    (select,) = [name for name in form_with(form, "Save").filled() if name.startswith("frequency-")]
    follow(client, press(client, form, "Save", {select: "weekdays"}))
    assert frequencies(story, reader) == [Frequency.WEEKDAYS]
    assert frequencies(story, other) == [Frequency.DAILY]


def test_opening_the_unsubscribe_link_changes_nothing_and_its_button_ends_the_digests(
    client: Visitor, story: Story, reader: UUID
) -> None:
    path = f"/coordinate/digest/{token_for(story, reader)}/unsubscribe"
    with unchanged(story.house.database):
        page = client.get(path)
    done = press(client, page, "Turn all digests off")
    assert heading(done) == "No more digests come"
    assert frequencies(story, reader) == [Frequency.OFF]


def test_a_mail_program_unsubscribes_with_one_click_as_the_mail_says(
    app: Flask, story: Story, reader: UUID, clock: TestClock
) -> None:
    story.apply()
    clock.advance(A_DAY)
    plan_digests(story.house.works, SYSTEM, at_once=True)
    story.deliver()
    (mail,) = [one for one in read_folder(story.house.mail_folder) if "List-Unsubscribe" in one]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = str(mail["List-Unsubscribe"]).strip("<>")
    for _ in range(2):  # a mail program may send it twice
        answer = visitor_of(app).post(path_of(address), data=ONE_CLICK)
        assert answer.status_code == 200
        assert frequencies(story, reader) == [Frequency.OFF]
    story.apply()
    clock.advance(A_DAY)
    assert plan_digests(story.house.works, SYSTEM) == 0


def test_a_link_that_is_not_for_this_ends_nothing(
    client: Visitor, story: Story, reader: UUID
) -> None:
    links = story.house.works.tools.links
    good = token_for(story, reader)
    wrong = [
        links.mint(Purpose.SIGN_IN, reader, 1),
        token_for(story, reader, generation=2),
        token_for(story, UUID(int=1)),
        good[:-5],
    ]
    with unchanged(story.house.database):
        for token in wrong:
            for path in (f"/coordinate/digest/{token}", f"/coordinate/digest/{token}/unsubscribe"):
                assert client.get(path).status_code == 404
            assert client.post(path, data=ONE_CLICK).status_code == 404


def test_the_settings_ask_whoever_is_not_signed_in_to_do_so(client: Visitor) -> None:
    assert client.get("/coordinate/digest").location == "/coordinate/sign-in"
