"""Whoever reads of an error gets back to what it was about, if they may see that."""

from uuid import UUID

from letters.ports import Purpose
from tests.support.people import Story
from tests.web.visiting import HOME, Visitor, links_of, on_sqlite

pytestmark = on_sqlite

LETTER = "Back to the page of this letter"
NOTICE = "Back to the advance notice"
STATUS = "Back to the status of the application"


def test_who_came_by_a_link_gets_back_to_its_page(
    client: Visitor, story: Story, asked: UUID
) -> None:
    upload, notice = story.upload_token(asked), story.notice_token(asked)
    status = story.status_token(asked)
    links = story.house.works.tools.links
    every = links.mint(Purpose.APPLICATIONS, asked, 2)
    digest = links.mint(Purpose.DIGEST, story.add_coordinator(), 1)
    for path, page, words in (
        (f"/letter/{upload}/decline", f"/letter/{upload}", LETTER),
        (f"/notice/{notice}/welcome", f"/notice/{notice}", NOTICE),
        (f"/application/{status}/withdraw", f"/application/{status}", STATUS),
        (f"/letter/{upload}/all/use", f"/letter/{upload}/all", "Back to all that is asked of you"),
        (f"/applications/{every}/again", f"/applications/{every}", "Back to all your applications"),
        (f"/coordinate/digest/{digest}", f"/coordinate/digest/{digest}", "Back to your digests"),
    ):
        answer = client.post(path)
        assert (answer.status_code, links_of(answer)[words]) == (400, page)


def test_a_link_that_opens_nothing_leads_nowhere_near(client: Visitor) -> None:
    for path in ("/letter/x", "/letter/x/decline", "/notice/x", "/application/x/withdraw"):
        answer = client.get(path)
        assert (answer.status_code, links_of(answer)[HOME[0]]) == (404, HOME[1])
