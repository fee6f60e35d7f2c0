"""A program's own colour, on the pages behind its links and in its mails."""

import pytest

from letters.adapters.mailer import read_folder
from tests.services import acts
from tests.support.markup import elements, parse
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import Visitor, on_sqlite, press

pytestmark = on_sqlite

GREEN = "#0b6b3a"


def sheets(visitor: Visitor, path: str) -> list[str]:
    root, _ = parse(visitor.get(path).text)
    links = [e.attrib.get("href", "") for e in elements(root, "link")]
    return [link for link in links if "/colours/" in link]


def test_the_stylesheet_of_a_colour_has_both_schemes_and_is_kept_under_its_version(
    client: Visitor, story: Story
) -> None:
    acts.save_settings(story, accent=GREEN)
    [address] = sheets(client, f"/programs/{story.slug}")
    answer = client.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    light, dark = answer.text.split("prefers-color-scheme: dark")
    assert f"--accent:{GREEN};" in light
    assert f"--accent:{GREEN};" not in dark
    assert "Cache-Control" not in client.get(address.partition("?")[0]).headers


@pytest.mark.parametrize("colour", ["ffcc00", "0B6B3A", "%230b6b3a", "red", "0b6b3a}", "0b6b3a%0a"])
def test_there_is_none_for_what_nobody_could_read(client: Visitor, colour: str) -> None:
    assert client.get(f"/colours/{colour}.css").status_code == 404


def test_it_is_on_every_page_behind_the_program_s_links(
    client: Visitor, cora: Visitor, story: Story
) -> None:
    asked = scenes.requested(story)
    waiting = story.apply()
    request = story.application(asked).requests[0]
    upload, status = story.upload_token(asked), story.status_token(asked)
    paths = [
        f"/programs/{story.slug}",
        f"/programs/{story.slug}/apply",
        *(f"/letter/{upload}{tail}" for tail in ("", "/decline", "/more-time")),
        f"/notice/{story.notice_token(waiting)}",
        *(f"/application/{status}{tail}" for tail in ("", "/mails", "/withdraw")),
        f"/application/{status}/referees/{request.id}/address",
        f"/application/{story.status_token(waiting)}/alert",
    ]
    assert [path for path in paths if sheets(client, path)] == []
    acts.save_settings(story, accent=GREEN)
    assert [path for path in paths if not sheets(client, path)] == []
    assert sheets(client, "/") == sheets(cora, f"/coordinate/programs/{story.slug}") == []


def test_a_colour_is_saved_previewed_or_refused_with_the_contrast(
    cora: Visitor, client: Visitor, story: Story
) -> None:
    where = f"/coordinate/programs/{story.slug}/settings"
    refused = press(cora, cora.get(where), "Save the settings", {"accent": "#ffcc00"})
    assert refused.status_code == 422
    assert "a contrast of 1.2 to 1" in refused.text
    shown = press(cora, refused, "Preview", {"accent": "0B6B3A"})
    assert "/colours/0b6b3a.css" in shown.text
    press(cora, shown, "Save the settings")
    assert len(sheets(client, f"/programs/{story.slug}")) == 1


def test_mails_of_the_program_have_it_in_both_schemes(story: Story) -> None:
    scenes.requested(story)
    acts.save_settings(story, accent=GREEN)
    assert story.deliver() == 4
    for mail in read_folder(story.house.mail_folder):
        part = mail.get_body(("html",))
        assert part is not None
        html = str(part.get_content())
        kept, _, body = html.partition("</style>")
        assert "#1a4f8b" not in body, mail["Subject"]
        assert GREEN in body, mail["Subject"]
        assert "#9cc4f2" not in kept.rpartition(".button-box")[2]
        assert "<style" not in body
