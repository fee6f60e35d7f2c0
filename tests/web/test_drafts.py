"""The form of a draft keeps what was typed, from whichever device, and its buttons lose nothing."""

from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.support.people import Story
from tests.support.statements import counted
from tests.web.forms_of_drafts import (
    ADA,
    ADD,
    BRAM,
    REVIEW,
    SAVE,
    SUBMIT,
    complete,
    draft_of,
    entered,
    fill,
    group,
    path,
    version,
)
from tests.web.visiting import (
    Visitor,
    content,
    follow,
    form_labels,
    form_with,
    links_of,
    on_sqlite,
    press,
)


@on_sqlite
def test_a_draft_keeps_all_that_was_typed_right_or_wrong(client: Visitor, story: Story) -> None:
    where = path(story, draft_of(story, client))
    typed = {
        "applicant.name": " Mira  ",
        **group(0, {"name": "<b>Ada</b> & “Co”", "email": "nonsense", "title": "x" * 1999}),
        **group(1, {"acquaintance": "\nBelow an empty line"}),
        "signature": "…",
        "waiver": "keep",
    }
    assert follow(client, fill(client, where, typed)).status_code == 200
    assert entered(client.get(where)).items() >= typed.items()


def test_what_no_page_can_show_is_harmless(client: Visitor, story: Story) -> None:
    where = path(story, draft_of(story, client))
    typed = {**group(0, {"name": "A\x00d\x07a \U0001f600", "email": "x" * 100_000})}
    assert fill(client, where, typed).status_code == 303
    kept = entered(client.get(where))
    assert kept["referees.0.name"].startswith("Ada ")
    assert kept["referees.0.email"] == "x" * 2000
    assert fill(client, where, {}, REVIEW).status_code == 422


@on_sqlite
def test_referees_are_added_moved_and_removed_and_nothing_typed_is_lost(
    client: Visitor, story: Story
) -> None:
    where = path(story, draft_of(story, client))

    def names(button: str, typed: dict[str, object] | None = None) -> list[str]:
        page = follow(client, fill(client, where, typed or {}, button))
        return [value for name, value in entered(page).items() if name.endswith(".name")][1:]

    assert names(ADD, {**group(0, ADA), **group(1, BRAM)}) == [ADA["name"], BRAM["name"], ""]
    assert names("Move down: referee 1", group(2, {"name": "Chiyo"})) == [
        *(BRAM["name"], ADA["name"], "Chiyo")
    ]
    assert names("Move up: referee 3") == [BRAM["name"], "Chiyo", ADA["name"]]
    assert names("Remove: referee 1") == ["Chiyo", ADA["name"]]
    assert names(ADD) == ["Chiyo", ADA["name"], ""]
    assert names(ADD) == ["Chiyo", ADA["name"], "", ""]
    assert ADD not in form_labels(client.get(where))


@on_sqlite
def test_a_save_from_an_older_form_loses_neither_version(client: Visitor, story: Story) -> None:
    where = path(story, draft_of(story, client))
    old = client.get(where)
    fill(client, where, group(0, ADA))
    answer = press(client, old, SAVE, group(0, BRAM))
    assert (answer.status_code, entered(answer)["referees.0.name"]) == (409, BRAM["name"])
    assert "This draft was changed on another device or in another tab" in content(answer)
    other = client.get(links_of(answer)["Look at the other version"])
    assert entered(other)["referees.0.name"] == ADA["name"]
    assert follow(client, press(client, answer, SAVE)).status_code == 200
    assert entered(client.get(where))["referees.0.name"] == BRAM["name"]


@on_sqlite
def test_the_same_form_sent_twice_is_no_conflict(client: Visitor, story: Story) -> None:
    where = path(story, draft_of(story, client))
    page = client.get(where)
    assert [press(client, page, SAVE, group(0, ADA)).status_code for _ in range(2)] == [303, 303]
    assert version(client.get(where)) == "1"


@on_sqlite
def test_review_pressed_twice_is_no_conflict(client: Visitor, story: Story) -> None:
    """The first press names the referees, which the page that is sent again does not know."""
    where = path(story, draft_of(story, client))
    page = client.get(where)
    review = where.replace("/draft", "/review")
    assert [press(client, page, REVIEW, complete()).location for _ in range(2)] == [review] * 2
    named = entered(client.get(where))
    assert named["referees.0.id"]
    assert press(client, page, SAVE, complete()).status_code == 303
    assert entered(client.get(where)) == named
    assert client.get(review).status_code == 200


@on_sqlite
def test_a_page_that_saves_by_itself_is_told_the_version(client: Visitor, story: Story) -> None:
    where = path(story, draft_of(story, client))
    page = client.get(where)
    fields = form_with(page, REVIEW).fields
    data = {
        **{name: values[0] for name, values in fields.items()},
        "do": "keep",
        "referees.0.name": "Ada",
    }
    assert client.post(where, data=data).get_json() == {"version": 1}
    assert client.post(where, data=data).get_json() == {"version": 1}
    assert client.post(where, data={**data, "signature": "M"}).status_code == 409
    assert entered(client.get(where))["referees.0.name"] == "Ada"


@on_sqlite
def test_a_form_still_open_in_another_tab_is_told_when_the_draft_was_submitted(
    client: Visitor, story: Story
) -> None:
    where = path(story, draft_of(story, client))
    press(client, client.get(where), SAVE, complete())
    other_tab = client.get(where)
    reviewed = press(client, client.get(where), REVIEW)
    press(client, client.get(reviewed.location), SUBMIT)
    typed = {name: values[0] for name, values in form_with(other_tab, REVIEW).fields.items()}
    assert client.post(where, data={**typed, "do": "keep"}).status_code == 409
    saved = press(client, other_tab, SAVE)
    assert (saved.status_code, saved.location) == (303, where.removesuffix("/draft"))


@on_sqlite
def test_how_many_statements_the_steps_take(client: Visitor, story: Story) -> None:
    """Under the policy `selected`; rows that are written at once are one statement."""
    draft = draft_of(story, client)
    where = path(story, draft)
    taken = {}

    def step(name: str, do: Callable[[], TestResponse]) -> TestResponse:
        with counted(story.house.database.engine) as statements:
            answer = do()
        taken[name] = len(statements)
        return answer

    form = step("form", lambda: client.get(where))
    step("save", lambda: press(client, form, SAVE, complete()))
    form = client.get(where)
    answer = step("review", lambda: press(client, form, REVIEW))
    page = step("review page", lambda: client.get(answer.location))
    step("submit", lambda: press(client, page, SUBMIT))
    assert taken == {"form": 1, "save": 3, "review": 6, "review page": 1, "submit": 7}
