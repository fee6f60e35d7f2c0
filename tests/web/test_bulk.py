"""One act on many applications: looked at before, done by a button, watched, stopped, and read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from letters.domain.bulk import BulkAct
from letters.domain.status import ApplicationStatus
from letters.house import House
from letters.records import new_id
from tests.services import bulk
from tests.support.clock import TestClock
from tests.support.people import (
    DUE,
    GRACE_HOURS,
    INTERNSHIP,
    MIRA,
    Story,
    tell,
)
from tests.support.rows import unchanged
from tests.web import scenes
from tests.web.bulk_pages import ASKED, JOBS, LIST, SELECT, go, look, statuses
from tests.web.visiting import (
    Visitor,
    content,
    csrf_token,
    form_labels,
    form_with,
    heading,
    lead,
    links_of,
    on_sqlite,
    press,
    sign_in_again,
    text_of_section,
)

# --- by hand ----------------------------------------------------------------------------------


def test_those_who_are_ticked_are_selected_and_their_referees_asked(
    cora: Visitor, story: Story
) -> None:
    ids = [story.apply(new) for new in scenes.people(3)]
    ticked = {"application": [str(ids[0]), str(ids[2])]}
    with unchanged(story.house.database):
        seen = press(cora, cora.get(LIST), SELECT, ticked)
    assert (seen.status_code, heading(seen)) == (200, "Request letters")
    assert text_of_section(seen, "foreseen") == (
        "What will happen Applications 2 of the 2 that were chosen Mails to referees 4 "
        "Mails to applicants 2 Not more than that: who chose to get fewer mails, or cannot be "
        "reached, gets none."
    )
    page = go(cora, seen, 2)
    assert (heading(page), lead(page)) == ("Request letters", "Done for 2 of 2 applications.")
    assert text_of_section(page, "done") == (
        "Done for 2 applications "
        "Applicant No. 001 X-001: 2 mails to referees, one to the applicant "
        "Applicant No. 003 X-003: 2 mails to referees, one to the applicant"
    )
    assert "refused" not in page.text
    assert links_of(page)["Applicant No. 001"] == f"/coordinate/applications/{ids[0]}"
    assert [statuses(story, one) for one in ids] == [ASKED, ("submitted", ["named"] * 2), ASKED]


def test_one_that_is_not_possible_stops_none_of_the_others(
    house: House, cora: Visitor, story: Story
) -> None:
    elsewhere = tell(house, replace(INTERNSHIP, slug="elsewhere"))
    wen, dana, kofi = (replace(MIRA, applicant_name=name) for name in ("Wen", "Dana", "Kofi"))
    first, second = story.apply(), story.apply(wen)
    before = scenes.requested(story, dana)
    draft = story.apply(kofi, submit=False)
    foreign = elsewhere.apply()
    seen = look(cora, "request", [first, before, foreign, draft, new_id(), second, first])
    refused = (
        "The letters for this application were requested already.",
        "This application is still a draft. Letters can be requested once it is submitted.",
    )
    for sentence in refused:
        assert f"One application: {sentence}" in text_of_section(seen, "foreseen")
    page = go(cora, seen, 2)
    assert text_of_section(page, "refused") == (
        f"2 were left as they are One application: {refused[0]} Dana "
        f"One application: {refused[1]} Kofi"
    )
    assert [statuses(story, one) for one in (first, second)] == [ASKED, ASKED]
    assert statuses(story, draft) == ("draft", ["named", "named"])
    assert elsewhere.application(foreign).status is ApplicationStatus.SUBMITTED


@on_sqlite
def test_when_none_is_possible_there_is_no_button(cora: Visitor, story: Story) -> None:
    before = scenes.requested(story)
    seen = look(cora, "request", [before])
    assert form_labels(seen) == ["Sign out"]
    assert "Nothing: it is not possible for any of these applications now." in content(seen)


@on_sqlite
@pytest.mark.parametrize("chosen", [[], ["nonsense"], ["%00"]], ids=["none", "nonsense", "NUL"])
def test_choosing_nobody_changes_nothing(cora: Visitor, story: Story, chosen: list[str]) -> None:
    story.apply()
    token = csrf_token(cora.get(LIST))
    with unchanged(story.house.database):
        for path in (f"{JOBS}/request", f"{JOBS}/request/start"):
            data = {"csrf_token": token, "application": chosen, "form": str(new_id())}
            answer = cora.post(path, data=data)
            assert (answer.status_code, heading(answer)) == (422, "Nothing was chosen")
            assert (
                "No application was chosen. Go back, tick the applications, and try again."
                in content(answer)
            )


@on_sqlite
def test_a_whole_page_is_done_at_once(cora: Visitor, story: Story) -> None:
    ids = [story.apply(new) for new in scenes.people(50)]
    page = go(cora, look(cora, "request", ids), 50)
    assert text_of_section(page, "done").startswith("Done for 50 applications")
    assert {statuses(story, one)[0] for one in ids} == {"selected"}


@on_sqlite
def test_after_the_close_nobody_is_selected(cora: Visitor, story: Story, clock: TestClock) -> None:
    one = story.apply()
    clock.set(DUE + timedelta(hours=GRACE_HOURS))
    sign_in_again(cora, story.house)
    seen = look(cora, "request", [one])
    clock.advance(timedelta(seconds=1))
    page = go(cora, seen, 1)
    assert lead(page) == "Nothing was done."
    assert text_of_section(page, "refused") == (
        "One was left as it is One application: This program has closed, so nothing was changed. "
        f"Write to {INTERNSHIP.contact_email} if you think it should still be possible. "
        "Mira Lindqvist"
    )
    assert statuses(story, one)[0] == "submitted"


# --- all that match ---------------------------------------------------------------------------


def test_all_that_the_address_of_the_list_matches(cora: Visitor, story: Story) -> None:
    first, second, other = (
        story.apply(replace(MIRA, applicant_name=name)) for name in ("Wen Li", "Wen Ho", "Dana")
    )
    listed = cora.get(f"{LIST}?search=wen")
    assert "For all 2 that match, and not only for those I ticked" in content(listed)
    seen = press(cora, listed, SELECT, {"all": "yes", "application": str(first)})
    assert links_of(seen)["Back, change nothing"] == f"{LIST}?search=wen"
    late = story.apply(replace(MIRA, applicant_name="Wen Xu"))
    again = press(cora, seen, "Do it for 2 applications")
    assert again.status_code == 409
    assert "More applications match than when you looked" in content(again)
    go(cora, again, 3)
    states = [statuses(story, one)[0] for one in (first, second, late, other)]
    assert states == ["selected"] * 3 + ["submitted"]


@on_sqlite
@pytest.mark.parametrize("act", BulkAct)
def test_each_act_is_seen_first_and_done_then(
    cora: Visitor, story: Story, clock: TestClock, act: BulkAct
) -> None:
    mixed = bulk.mixed(story, clock)
    sign_in_again(cora, story.house)
    foreseen = bulk.preview(story, bulk.ORDERS[act], mixed.all)
    with unchanged(story.house.database):
        seen = look(cora, act, day=bulk.DAY.isoformat())
    assert f"Mails to referees {foreseen.mails.to_referees} Mails to applicants " in content(seen)
    page = go(cora, seen, foreseen.applications, reason="So it was decided.")
    assert f"Done for {foreseen.applications} of 5 applications." == lead(page)
    assert "By Cora, " in text_of_section(page, "asked")
    assert "Why So it was decided." in text_of_section(page, "asked")
    table = cora.get(f"{page.request.path}/outcome.csv")
    assert (table.mimetype, len(table.text.splitlines())) == ("text/csv", 6)
    assert f'filename="{story.slug}-{act}.csv"' in table.headers["Content-Disposition"]
    assert heading(cora.get(JOBS)) == "Done to several"


# --- what an act needs ------------------------------------------------------------------------


@on_sqlite
def test_withdrawing_asks_why(cora: Visitor, story: Story) -> None:
    one = story.apply()
    seen = look(cora, "withdraw", [one])
    with unchanged(story.house.database):
        again = press(cora, seen, "Do it for one application", {"reason": " "})
    assert again.status_code == 422
    assert "Say why, in a sentence: colleagues read it later." in content(again)
    go(cora, again, 1, reason="They withdrew by mail.")
    assert statuses(story, one)[0] == "withdrawn"


@on_sqlite
def test_another_day_is_looked_at_before_it_is_given(cora: Visitor, story: Story) -> None:
    one = scenes.requested(story)
    seen = look(cora, "extend", [one])
    # A week after the due date, until the hour at which the program is due in Zurich.
    assert form_with(seen, "Look at this day").fields["day"] == ["2027-04-08"]
    assert "Letters may come until Thursday, 8 April 2027, 23:59 (Zurich Time, UTC+2)." in content(
        seen
    )
    with unchanged(story.house.database):
        wrong = press(cora, seen, "Look at this day", {"day": "2027-01-01"})
        assert wrong.status_code == 422
        assert "Choose a day that is to come, within a year." in content(wrong)
        assert "Do it for one application" not in form_labels(wrong)
        other = press(cora, seen, "Do it for one application", {"day": "2027-04-10"})
    assert other.status_code == 200
    page = go(cora, other, 1)
    assert "Until which day 10 April 2027" in text_of_section(page, "asked")
    due = [request.extended_due_at for request in story.application(one).requests]
    assert due == [DUE + timedelta(days=9)] * 2
