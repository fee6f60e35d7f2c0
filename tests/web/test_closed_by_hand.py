"""A program that its manager closed before its time: referees learn whom they can write to."""

from uuid import UUID

from letters.services import finding, program_settings
from tests.support.people import INTERNSHIP, OPERATOR, Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    follow,
    links_of,
    on_sqlite,
    press,
    text_of_section,
)

pytestmark = on_sqlite
ASK = "Ask for more time"


def test_in_a_program_that_was_closed_by_hand_there_is_somebody_to_write_to(
    client: Visitor, cora: Visitor, story: Story, asked: UUID
) -> None:
    token, other = story.upload_token(asked), story.upload_token(asked, 2)
    press(client, client.get(f"/letter/{token}/more-time"), ASK)
    form_token = csrf_token(client.get(f"/letter/{other}"))
    with story.house.works.change(OPERATOR) as work:
        program_settings.close(work, finding.program_by_slug(work, story.slug))
    for page in (client.get(f"/letter/{token}"), client.get(f"/letter/{other}")):
        assert "The program is closed, so this letter is no longer taken." in content(page)
        assert "It was taken until" not in content(page)
        assert ASK not in links_of(page)
        assert INTERNSHIP.contact_email in content(page)
    with unchanged(story.house.database):
        path = f"/letter/{other}/more-time"
        for answer in (client.get(path), client.post(path, data={"csrf_token": form_token})):
            assert answer.status_code == 409
            assert f"Write to {INTERNSHIP.contact_email}" in content(answer)
        request = story.application(asked).requests[0]
        assert cora.get(f"/coordinate/requests/{request.id}/due").status_code == 409
    after = follow(
        cora, press(cora, cora.get(f"/coordinate/applications/{asked}"), "The date stands")
    )
    assert "No more time for Prof. Ada Ferreira (you)" in text_of_section(after, "happened")
