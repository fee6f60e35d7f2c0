"""Bodies that cannot be taken: a sentence for each field, and no row changed."""

from typing import Any

import pytest

from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web.api.portal import APPLICATION, PROGRAM, Portal, changed

WHOLE_NUMBER = "Give a whole number, without quotation marks."
TRUE_OR_FALSE = "Give true or false, without quotation marks."
TEXT = "Give text, between quotation marks."
NEEDED = "This field is needed."
UNKNOWN = "There is no such field. Check its spelling, or leave it out."
INSTANT = "Give a date, a time and its offset from UTC, such as 2027-04-01T23:59:00+02:00."
INVISIBLE = "Remove the line breaks or invisible characters, please."
NO_ADDRESS = "This is not a complete e-mail address, such as name@example.org."
FILL_IN = "Fill this in, please."
SLUG = "Use small letters, digits and single hyphens, at most 60 characters."

PROGRAM_MISTAKES: list[tuple[str, object, str]] = [
    ("min_letters", False, WHOLE_NUMBER),
    ("min_letters", "2", WHOLE_NUMBER),
    ("min_letters", 2.0, WHOLE_NUMBER),
    ("min_letters", None, WHOLE_NUMBER),
    ("min_letters", 0, "Ask for at least one letter."),
    ("max_letters", 2, "The most letters cannot be fewer than the least."),
    ("max_letters", 11, "Ask for at most 10 letters."),
    ("max_letters", 10**30, "Ask for at most 10 letters."),
    ("grace_hours", -1, "Give a number that is at least 0."),
    ("grace_hours", 10**30, "Give a number that is at most 2160."),
    ("wished_pages", -1, "Give a number that is at least 0."),
    ("wished_pages", 1001, "Give a number that is at most 1000."),
    ("kept_days", 0, "Give a number that is at least 1."),
    ("kept_days", 3661, "Give a number that is at most 3660."),
    ("kept_days", "365", WHOLE_NUMBER),
    ("takes_word", 1, TRUE_OR_FALSE),
    ("notices_on_submission", "yes", TRUE_OR_FALSE),
    ("most_reminders", 21, "Give a number that is at most 20."),
    ("most_reminders", "5", WHOLE_NUMBER),
    ("due_at", "2027-04-01T23:59:00", INSTANT),
    ("due_at", "2027-04-01", INSTANT),
    ("due_at", "1806537540", INSTANT),
    ("due_at", 1806537540, INSTANT),
    ("due_at", "2027-02-30T12:00:00Z", INSTANT),
    ("due_at", "2027-04-01T23:59:00+25:00", INSTANT),
    ("due_at", "tomorrow", INSTANT),
    ("due_at", None, INSTANT),
    ("due_at", "9999-12-31T23:59:59-12:00", "Give a date before the year 3000."),
    ("due_at", "0001-01-01T00:00:00+12:00", "Give a date before the year 3000."),
    ("due_at", "2027-02-01T10:00:00+01:00", "Choose a due date in the future."),
    ("request_policy", "maybe", "Give one of these: 'automatic', 'selected'."),
    ("request_policy", True, "Give one of these: 'automatic', 'selected'."),
    ("timezone", "Mars/Olympus", "Use the name of a time zone, such as Europe/Zurich."),
    ("timezone", "../etc/passwd", "Use the name of a time zone, such as Europe/Zurich."),
    ("slug", "Not A Slug", SLUG),
    ("slug", "x" * 61, SLUG),
    ("slug", "a\u0000b", SLUG),
    ("slug", "a\n", SLUG),
    ("title", "", FILL_IN),
    ("title", "x" * 201, "Use at most 200 characters."),
    ("title", "Two\nlines", INVISIBLE),
    ("title", ..., NEEDED),
    ("title", 1, TEXT),
    ("description", "x" * 4001, "Use at most 4000 characters."),
    ("instructions", "a\u0000b", "Remove the invisible characters, please."),
    ("contact_email", "nobody", NO_ADDRESS),
    ("reminder", 1, UNKNOWN),
]

APPLICATION_MISTAKES: list[tuple[str, object, str]] = [
    ("waived", ..., NEEDED),
    ("waived", "true", TRUE_OR_FALSE),
    ("waived", 1, TRUE_OR_FALSE),
    ("submit", "yes", TRUE_OR_FALSE),
    ("submit", None, TRUE_OR_FALSE),
    ("status", "selected", UNKNOWN),
    ("external_id", 42, TEXT),
    ("external_id", "a\u0000b", INVISIBLE),
    ("external_id", "x" * 201, "Use at most 200 characters."),
    ("program", None, TEXT),
    ("applicant", "Mira", "Give an object: fields between curly braces."),
    ("applicant.name", "", FILL_IN),
    ("applicant.name", " \t ", INVISIBLE),
    ("applicant.name", "Mira\r\nBcc: x@example.com", INVISIBLE),
    ("applicant.name", "Mira \u202eabc", INVISIBLE),
    ("applicant.name", "x" * 121, "Use at most 120 characters."),
    ("applicant.email", "mira", NO_ADDRESS),
    ("applicant.email", "mira@example.com\n", INVISIBLE),
    ("applicant.email", "mira@exam ple.com", NO_ADDRESS),
    ("applicant.email", f"{'x' * 250}@example.com", "Use at most 254 characters."),
    ("applicant.phone", "1", UNKNOWN),
    ("referees", {}, "Give a list: values between square brackets."),
    ("referees", ..., NEEDED),
    ("referees.1", "Bram", "Give an object: fields between curly braces."),
    ("referees.1.email", ..., NEEDED),
    ("referees.1.email", "b.dewit@", NO_ADDRESS),
    ("referees.1.name", "Bram\u0007", INVISIBLE),
    ("referees.1.affiliation", "x" * 201, "Use at most 200 characters."),
    ("referees.1.relationship", "a\u2028b", INVISIBLE),
    (
        "referees.1.email",
        "MIRA@example.com",
        "This is your own address. Give the address of the referee.",
    ),
    (
        "referees.1.email",
        "Ada.Ferreira@EXAMPLE.edu",
        "This is the same mailbox as that of referee 1. Name each once.",
    ),
]

NOTICES_MISTAKES: list[tuple[str, object, str]] = [
    ("requests", [], "Name at least one, or leave the field out."),
    ("requests", "all", "Give a list: values between square brackets."),
    (
        "requests.0",
        ["1"],
        "Give an id in the form in which it was answered: 32 digits and letters, four hyphens.",
    ),
]


def test_programs(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    with unchanged(story.house.database):
        for field, value, sentence in PROGRAM_MISTAKES:
            with subtests.test(field=field, value=value):
                refused(portal, "/programs", changed(PROGRAM, field, value), field, sentence)


def test_applications(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    with unchanged(story.house.database):
        for field, value, sentence in APPLICATION_MISTAKES:
            with subtests.test(field=field, value=value):
                body = changed(APPLICATION, field, value)
                refused(portal, "/applications", body, field, sentence)


def test_notices(portal: Portal, story: Story, subtests: pytest.Subtests) -> None:
    path = f"/applications/{portal.post('/applications', APPLICATION).json['id']}/notices"

    with unchanged(story.house.database):
        for field, value, sentence in NOTICES_MISTAKES:
            with subtests.test(value=value):
                refused(portal, path, {"requests": value}, field, sentence)


def test_the_same_gmail_mailbox_in_two_spellings(portal: Portal, story: Story) -> None:
    body = changed(APPLICATION, "referees.0.email", "ada.ferreira@gmail.com")
    body = changed(body, "referees.1.email", "AdaFerreira+letters@googlemail.com")

    with unchanged(story.house.database):
        refused(
            portal,
            "/applications",
            body,
            "referees.1.email",
            "This is the same mailbox as that of referee 1. Name each once.",
        )


def test_dots_are_letters_where_the_provider_says_so(portal: Portal) -> None:
    body = changed(APPLICATION, "referees.1.email", "adaferreira@example.edu")

    assert portal.post("/applications", body).status_code == 201


def test_all_mistakes_are_named_at_once(portal: Portal) -> None:
    body = {"program": "alpine-summer", "applicant": {"name": 1}, "referees": [{}], "submit": 2}

    answer = portal.post("/applications", body)

    fields = [error["field"] for error in answer.json["errors"]]
    assert fields == [
        "applicant.name",
        "applicant.email",
        "referees.0.name",
        "referees.0.email",
        "waived",
        "submit",
    ]


def test_an_unknown_program(portal: Portal, story: Story) -> None:
    for slug in ("nowhere", "a\u0000b", "x" * 5000, "", "Alpine-Summer"):
        with unchanged(story.house.database):
            answer = portal.post("/applications", APPLICATION | {"program": slug})
        assert answer.status_code == 404
        assert answer.json["detail"].startswith("There is no program “")


def test_a_long_field_name_is_cut(portal: Portal) -> None:
    answer = portal.post("/applications", APPLICATION | {"x" * 5000: 1})

    assert answer.status_code == 422
    assert len(answer.json["errors"][0]["field"]) == 120


def test_an_external_id_is_given_once_in_a_program(portal: Portal, story: Story) -> None:
    portal.post("/programs", PROGRAM)
    portal.post("/applications", APPLICATION)

    with unchanged(story.house.database):
        again = portal.post("/applications", APPLICATION)
    elsewhere = portal.post("/applications", APPLICATION | {"program": PROGRAM["slug"]})

    assert again.status_code == 409
    assert again.json["detail"].startswith("“2027-0042” exists already.")
    assert elsewhere.status_code == 201


def refused(portal: Portal, path: str, body: dict[str, Any], field: str, sentence: str) -> None:
    """Check that a body gets 422 with just this to say."""
    answer = portal.post(path, body, once="the-same-each-time")
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"field": field, "detail": sentence}]
