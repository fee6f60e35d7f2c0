"""The pictures of a season: drawn without a script, with a table under each."""

from letters.domain.season_pictures import Took
from tests.support.markup import elements, parse, words
from tests.support.people import Story
from tests.web import scenes
from tests.web.visiting import Visitor, content, heading, links_of, on_sqlite

SVG = "{http://www.w3.org/2000/svg}"


@on_sqlite
def test_a_season_without_anything_says_so(cora: Visitor, story: Story) -> None:
    page = cora.get(f"/coordinate/programs/{story.slug}/pictures")
    assert heading(page) == "The season in pictures"
    for said in ("The first one draws the picture.", "No letter is in yet.", "Nothing is stuck"):
        assert said in content(page)
    root, _ = parse(page.text)
    assert list(elements(root, "table")) == []


@on_sqlite
def test_each_picture_has_a_name_and_a_table_with_the_same(cora: Visitor, story: Story) -> None:
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    listed = cora.get(f"/coordinate/programs/{story.slug}")
    page = cora.get(links_of(listed)["Pictures"])
    root, _ = parse(page.text)
    drawn = [svg for svg in elements(root, f"{SVG}svg") if svg.get("role") == "img"]
    titles = [svg.findtext(f"{SVG}title") for svg in drawn]
    assert titles == ["Letters by day", "How long referees take", "Where applications are stuck"]
    assert all(svg.findtext(f"{SVG}desc") for svg in drawn)
    tables = [[words(row) for row in elements(one, "tr")] for one in elements(root, "table")]
    by_day, took, stuck = tables
    assert by_day[1:] == ["59 days before 1"]
    assert took[1] == "Less than a day 1"
    assert len(took) == 1 + len(Took)
    assert "Partly in 1" in stuck
    partly = cora.get(links_of(page)["Partly in"])
    assert "Mira Lindqvist" in content(partly)
