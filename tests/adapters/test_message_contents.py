"""What the mails to applicants and coordinators say, and what they must not say."""

import re

import pytest
from jinja2 import UndefinedError

from letters.domain.digest import Section
from letters.domain.journal import MessageKind
from letters.domain.needs import Need
from letters.domain.telling import NEWS
from letters.sample_facts import (
    ALL_APPLICATIONS,
    APPLICANT,
    DASHBOARD,
    INTERNSHIP,
    ORGANIZATION,
    REFEREE,
    STATUS_VIEW,
    Facts,
    application_in,
    program_with,
    section_of,
)
from tests.support.mails import (
    LARGEST,
    assert_first_lines_name,
    due,
    everything,
    first_two_lines,
    links,
    usual,
)

TO_APPLICANTS = (
    *sorted(NEWS),
    MessageKind.APPLICATION_SUBMITTED,
    MessageKind.WITHDRAWN,
    MessageKind.STATUS_LINKS,
    MessageKind.DRAFT_LINK,
)


# --- to the applicant ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TO_APPLICANTS)
def test_an_applicant_learns_nothing_of_the_letter(kind: MessageKind) -> None:
    canaries: Facts = {
        "file_name": "canary-name.pdf",
        "size": 770_770_770,
        "pages": 770_771,
        "sha256": "canarycanary",
        "version": 770_772,
        "warnings": ["canary warning"],
        "reason": "canary reason",
        "decline_reason": "canary reason",
        "note": "canary note",
        "marks": ["canary mark"],
        "decline_url": "https://letters.example.org/letter/canary",
    }
    mail = usual(kind, **canaries)
    assert "canary" not in everything(mail)
    assert "7707" not in everything(mail)
    assert "735" not in mail.text  # the size in MB
    assert mail == usual(kind)


@pytest.mark.parametrize(
    ("policy", "told"),
    [("automatic", "letters are due by"), ("selected", "letters would be due by")],
)
def test_an_applicant_is_asked_for_another_referee(policy: str, told: str) -> None:
    mail = usual(MessageKind.REFEREE_DECLINED, policy=policy)
    assert_first_lines_name(mail, REFEREE, INTERNSHIP, "Please name somebody else soon", told)
    assert "name somebody else on the page below. Or reply to this mail" in mail.text
    assert links(mail) == [STATUS_VIEW]


def test_an_applicant_with_enough_referees_need_not_name_another() -> None:
    mail = usual(MessageKind.REFEREE_DECLINED, another_needed=False)
    assert_first_lines_name(mail, REFEREE, INTERNSHIP, "Your other referees are enough")
    assert mail.subject == f"{REFEREE} cannot write a letter"
    assert "Please name" not in everything(mail)


@pytest.mark.parametrize(
    ("choice", "told"),
    [
        ("each", "each time a letter arrives, and when there is something for you to do."),
        ("complete", "We write to you when all letters are in, and when there is something"),
        ("problems", "We write to you when there is something for you to do."),
    ],
)
def test_an_applicant_is_told_which_news_are_to_come(choice: str, told: str) -> None:
    asked = usual(MessageKind.REQUESTS_SENT, choice=choice)
    assert_first_lines_name(asked, INTERNSHIP, due(), "nothing for you to do")
    submitted = usual(MessageKind.APPLICATION_SUBMITTED, policy="automatic", choice=choice)
    for mail in (asked, submitted):
        assert told in mail.text
        assert f"\n- {REFEREE}\n- Dr. Tomas Lindqvist\n" in mail.text


def test_an_applicant_is_told_whose_address_does_not_work() -> None:
    mail = usual(MessageKind.ADDRESS_BOUNCED)
    assert_first_lines_name(mail, REFEREE, INTERNSHIP, "Please correct the address", due())
    assert "nobody is reached at halvorsen@fjord.example.org" in mail.text
    corrected_before = usual(MessageKind.ADDRESS_BOUNCED, referee_email="")
    assert "nobody is reached at" not in everything(corrected_before)


@pytest.mark.parametrize(("left", "told"), [("week", "One week is left"), ("day", "One day is")])
def test_an_applicant_is_told_of_the_time_that_is_left(left: str, told: str) -> None:
    mail = usual(MessageKind.TIME_LEFT, left=left)
    assert_first_lines_name(mail, INTERNSHIP, told, "1 of 2 letters have arrived", due())
    assert f"not heard from yet:\n- {REFEREE}\n" in mail.text
    assert ("is still taken" in mail.text) is (left == "day")


def test_an_applicant_is_told_how_it_ended() -> None:
    mail = usual(MessageKind.CLOSED_INCOMPLETE)
    assert_first_lines_name(
        mail, INTERNSHIP, "The time for letters ended on", "1 of 2 have arrived"
    )
    assert f"sent no letter:\n- {REFEREE}\n" in mail.text


@pytest.mark.parametrize(
    ("received", "wanted", "told"),
    [
        (1, 2, "1 of the 2 letters that the program asks for is in; letters are due by"),
        (2, 3, "2 of the 3 letters that the program asks for are in; letters are due by"),
        (1, 1, "With it 1 letter is in; the program asks for at least 1."),
        (3, 2, "With it 3 letters are in; the program asks for at least 2."),
    ],
)
def test_an_applicant_learns_how_many_letters_are_in(received: int, wanted: int, told: str) -> None:
    mail = usual(MessageKind.LETTER_ARRIVED, received=received, wanted=wanted)
    assert_first_lines_name(mail, REFEREE, INTERNSHIP, told)
    assert links(mail) == [STATUS_VIEW]


@pytest.mark.parametrize(
    ("policy", "again", "told", "not_told"),
    [
        ("automatic", False, "requested from the referees below on submission", "may be"),
        ("automatic", True, "requested from the referees below and are due by", "may be"),
        ("selected", False, "You may tell them in advance", "were requested"),
        ("selected", True, "The page below says whether yours were", "may be requested"),
    ],
)
def test_an_applicant_is_told_what_happens_next(
    policy: str, again: bool, told: str, not_told: str
) -> None:
    mail = usual(MessageKind.APPLICATION_SUBMITTED, policy=policy, again=again)
    assert_first_lines_name(mail, APPLICANT, INTERNSHIP, due())
    assert told in mail.text
    assert not_told not in mail.text
    assert "nothing for you to do" in mail.text
    assert f"\n- {REFEREE}\n- Dr. Tomas Lindqvist\n" in mail.text


def test_an_applicant_is_told_where_every_application_stands() -> None:
    links_mailed = [f"{STATUS_VIEW}{number}" for number in range(50)]
    applications = [application_in("complete", url=url) for url in links_mailed]
    mail = usual(MessageKind.STATUS_LINKS, applications=applications)
    assert mail.subject == "Your links to your 50 applications"
    assert_first_lines_name(mail, APPLICANT, "one of your 50 applications", "newest comes first")
    listed = mail.text.splitlines()
    assert [line for line in listed if line.startswith(STATUS_VIEW)] == links_mailed
    assert listed.count(f"{INTERNSHIP}, {ORGANIZATION}: complete") == 50
    assert links(mail) == [ALL_APPLICATIONS, *links_mailed]
    assert "older applications" not in mail.text
    assert len((mail.text + mail.html).encode()) < LARGEST


def test_an_applicant_is_told_that_there_are_more_applications_than_are_named() -> None:
    mail = usual(MessageKind.STATUS_LINKS, are_all=False)
    assert "There are older applications too, which are not listed here." in mail.text


# --- to the coordinator -------------------------------------------------------------------------


def test_a_sign_in_link_says_how_long_it_works() -> None:
    mail = usual(MessageKind.SIGN_IN)
    assert "It works for 15 minutes." in first_two_lines(mail)
    assert "If you did not ask for it, ignore this mail" in mail.text
    assert "It works for 1 minute." in usual(MessageKind.SIGN_IN, minutes=1).text


def test_a_digest_counts_and_points_to_what_it_leaves_out() -> None:
    needs = (section_of("waiting", 6, referee=None),)
    sections = section_of("letters_in", 12), section_of("overdue", 10)
    program = program_with(*sections, needs=needs)
    mail = usual(MessageKind.DIGEST, programs=[program])
    assert mail.subject == "Digest of 29 March 2027: 6 need you, 22 new"
    assert "6 things need you." in first_two_lines(mail)
    assert "9 complete, 5 partly, 3 with nothing in, 7 not asked; 24 days left\n" in mail.text
    assert "\nLetters in (12)\n" in mail.text
    assert f"\n- and 2 more: {program.url}\n" in mail.text
    assert mail.text.count(" more: ") == 1
    shown = [line for section in (*needs, *sections) for line in section.lines[:10]]
    assert [line.url for line in shown] == re.findall(r"^  (https://\S+)$", mail.text, re.MULTILINE)
    assert links(mail).count(program.url) == 2  # its title, and the two that are not shown
    assert len(links(mail)) == len([DASHBOARD, "settings"]) + 2 + 6 + 10 + 10


def test_a_digest_with_one_thing_to_do_says_so() -> None:
    one = program_with(section_of("letters_in", 2), needs=(section_of("waiting", 1),))
    mail = usual(MessageKind.DIGEST, programs=[one])
    assert mail.subject == "Digest of 29 March 2027: 1 needs you, 2 new"
    assert "1 thing needs you." in first_two_lines(mail)


def test_what_needs_the_reader_stands_before_what_is_at_risk_and_that_before_what_is_new() -> None:
    program = program_with(
        section_of("submitted", 1),
        needs=(section_of("more_time", 1),),
        at_risk=section_of("at_risk", 1),
    )
    text = usual(MessageKind.DIGEST, programs=[program]).text
    order = ["\nNeeds you\n", "more time (1)", "\nAt risk\n", "within 7 days (1)", "\nNew\n"]
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("days_left", "said"),
    [(2, "2 days left"), (1, "1 day left"), (0, "the last day is today"), (-1, "has passed")],
)
def test_a_digest_says_how_much_time_is_left(days_left: int, said: str) -> None:
    program = program_with(section_of("submitted", 1), days_left=days_left)
    mail = usual(MessageKind.DIGEST, programs=[program])
    assert said in mail.text
    assert said in mail.html


def test_a_digest_says_whose_letter_only_where_there_is_one() -> None:
    one = program_with(section_of("complete", 1, referee=None))
    assert "- Mina Okafor 1, 29 March 2027" in usual(MessageKind.DIGEST, programs=[one]).text


def test_a_digest_says_the_due_date_in_the_readers_zone_too_where_it_is_another() -> None:
    program = program_with(section_of("letters_in", 1))
    due = "Due Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
    here = usual(MessageKind.DIGEST, programs=[program])
    away = usual(MessageKind.DIGEST, programs=[program], zone="Pacific/Auckland")
    for said in (here.text, here.html):
        assert due in said
        assert "for you" not in said
    theirs = (
        "That is Friday, 2 April 2027, 10:59 (Auckland Time, UTC+13) for you; "
        "so are the times below."
    )
    assert f"{due}\n{theirs}\n" in away.text
    assert f"{due}<br>\n{theirs}<br>\n" in away.html


def test_a_digest_of_the_busiest_season_stays_small() -> None:
    long_name = "Professor Bartholomew Featherstonehaugh-Cholmondeley the Younger"
    programs = [
        program_with(
            *(section_of(section.value, 250, referee=long_name) for section in Section),
            title=long_name,
            needs=tuple(section_of(need.value, 250, referee=long_name) for need in Need),
            at_risk=section_of("at_risk", 250, referee=long_name),
        )
        for _ in range(30)
    ]
    mail = usual(MessageKind.DIGEST, programs=programs)
    assert len((mail.text + mail.html).encode()) < LARGEST
    assert "29 more programs have news; see the dashboard." in mail.text
    assert "\nAsk for more time (250)\n- Mina Okafor 1 " in mail.text
    assert "\nComplete (250)\n- See all 250 in the list: " in mail.text


def test_a_digest_of_calm_programs_tells_of_six_of_them() -> None:
    programs = [
        program_with(section_of("declined", 1), title=f"Program {number}") for number in range(1, 9)
    ]
    text = usual(MessageKind.DIGEST, programs=programs).text
    assert [number for number in range(1, 9) if f"== Program {number}, " in text] == [*range(1, 7)]
    assert "2 more programs have news; see the dashboard." in text


def test_a_digest_refuses_a_section_without_words() -> None:
    unheard_of = program_with(section_of("unheard_of", 1))
    with pytest.raises(UndefinedError, match="unheard_of"):
        usual(MessageKind.DIGEST, programs=[unheard_of])
