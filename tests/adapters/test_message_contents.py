"""What each mail says, and what it must not say."""

from datetime import datetime

import pytest
from jinja2 import UndefinedError

from letters import wording
from letters.domain.journal import MessageKind
from letters.ports import Rendered
from tests.support import markup
from tests.support.mails import LARGEST, everything, first_two_lines, links, usual
from tests.support.sample_facts import (
    APPLICANT,
    DASHBOARD,
    DUE,
    INTERNSHIP,
    ORGANIZATION,
    PROGRAM_PAGE,
    RECEIVED,
    REFEREE,
    STATUS_VIEW,
    UPLOAD_PAGE,
    ZONE,
    Facts,
    facts_of,
    program_with,
    section_of,
)

TO_APPLICANTS = (MessageKind.LETTER_ARRIVED, MessageKind.APPLICATION_SUBMITTED)


# --- advance notice -----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["automatic", "selected"])
def test_an_advance_notice_never_has_an_upload_link(policy: str) -> None:
    mail = usual(
        MessageKind.ADVANCE_NOTICE,
        policy=policy,
        url=UPLOAD_PAGE,
        decline_url=f"{UPLOAD_PAGE}/decline",
    )
    assert "/letter/" not in everything(mail)
    assert links(mail) == [PROGRAM_PAGE]


@pytest.mark.parametrize(
    ("policy", "told", "not_told"),
    [
        ("selected", "only if the committee selects the candidate", "as soon as"),
        ("automatic", "as soon as the application is submitted", "committee"),
    ],
)
def test_an_advance_notice_tells_what_may_follow(policy: str, told: str, not_told: str) -> None:
    mail = usual(MessageKind.ADVANCE_NOTICE, policy=policy)
    assert "Nothing is needed from you now" in first_two_lines(mail)
    assert_first_lines_name(mail, APPLICANT, INTERNSHIP, due())
    assert told in mail.text
    assert not_told not in mail.text


# --- letter request -----------------------------------------------------------------------------


@pytest.mark.parametrize("again", [False, True])
def test_a_letter_request_says_at_once_what_is_asked(again: bool) -> None:
    mail = usual(MessageKind.LETTER_REQUEST, again=again)
    assert_first_lines_name(mail, APPLICANT, INTERNSHIP, ORGANIZATION, due())
    assert mail.subject.endswith("due 1 April 2027")
    assert ("current link" in mail.text) is again


def test_a_letter_request_has_the_two_things_to_do() -> None:
    mail = usual(MessageKind.LETTER_REQUEST)
    assert links(mail) == [UPLOAD_PAGE, f"{UPLOAD_PAGE}/decline"]
    assert f"{UPLOAD_PAGE}/decline" in mail.text.splitlines()


def test_instructions_keep_their_lines() -> None:
    mail = usual(MessageKind.LETTER_REQUEST, instructions="One\r\ntwo & <b>\r\n\r\nthree")
    assert "\n    One\n    two & <b>\n\n    three\n" in mail.text
    assert "One<br>\ntwo &amp; &lt;b&gt;<br>\n<br>\nthree" in mail.html
    assert "note:" not in usual(MessageKind.LETTER_REQUEST, instructions="").text


def test_a_letter_due_at_midnight_is_announced_for_the_day_before() -> None:
    midnight = datetime.fromisoformat("2027-04-01T00:00+02:00")
    mail = usual(MessageKind.LETTER_REQUEST, due_at=midnight)
    assert mail.subject.endswith("due 31 March 2027")
    assert "by Thursday, 1 April 2027, 00:00 (Zurich Time, UTC+2)" in first_two_lines(mail)


# --- receipt ------------------------------------------------------------------------------------


def test_a_receipt_names_the_file_and_its_fingerprint() -> None:
    mail = usual(MessageKind.RECEIPT)
    received = wording.instant(RECEIVED, ZONE, "en")
    assert_first_lines_name(mail, APPLICANT, INTERNSHIP, received)
    facts = facts_of(MessageKind.RECEIPT)
    for words in (mail.text, markup.text(mail.html)):
        assert str(facts["file_name"]) in words
        assert str(facts["sha256"]) in words
        assert "214 kB" in words
    assert "new version" not in everything(mail)
    assert "could not be counted" not in mail.text


def test_a_receipt_of_a_replacement_says_so() -> None:
    mail = usual(MessageKind.RECEIPT, version=3)
    assert "new version" in mail.subject
    assert "takes the place of the one before" in first_two_lines(mail)
    assert "Version: 3" in mail.text


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
        "decline_url": "https://letters.example.org/letter/canary",
    }
    mail = usual(kind, **canaries)
    assert "canary" not in everything(mail)
    assert "7707" not in everything(mail)
    assert "735" not in mail.text  # the size in MB
    assert mail == usual(kind)


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
        ("automatic", False, "requested from each of your referees on submission", "may be"),
        ("automatic", True, "requested from each of your referees on submission", "may be"),
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


# --- to the coordinator -------------------------------------------------------------------------


def test_a_sign_in_link_says_how_long_it_works() -> None:
    mail = usual(MessageKind.SIGN_IN)
    assert "It works for 30 minutes." in first_two_lines(mail)
    assert "If you did not ask for it, ignore this mail" in mail.text
    assert "It works for 1 minute." in usual(MessageKind.SIGN_IN, minutes=1).text


def test_a_digest_counts_and_points_to_what_it_leaves_out() -> None:
    program = program_with(section_of("letters_in", 12), section_of("overdue", 10), waiting=6)
    mail = usual(MessageKind.DIGEST, programs=[program])
    assert mail.subject == "Digest of 29 March 2027: 22 things are new"
    assert "6 applications are waiting for selection." in first_two_lines(mail)
    assert "24 applications, 9 complete, 6 waiting for selection" in mail.text
    assert "\nLetters in (12)\n" in mail.text
    assert "\n- and 2 more\n" in mail.text
    assert mail.text.count("more") == 1
    assert links(mail).count(program.url) == 2  # its title, and the two that are not shown
    assert len(links(mail)) == len([DASHBOARD]) + 2 + 10 + 10


def test_a_digest_says_whose_letter_only_where_there_is_one() -> None:
    one = program_with(section_of("complete", 1, referee=None))
    assert "- Mina Okafor 1, 29 March 2027" in usual(MessageKind.DIGEST, programs=[one]).text


def test_a_digest_of_the_busiest_season_stays_small() -> None:
    long_name = "Professor Bartholomew Featherstonehaugh-Cholmondeley the Younger"
    sections = [
        section_of(name, 250, referee=long_name)
        for name in ("waiting", "letters_in", "complete", "declined", "overdue", "mail_given_up")
    ]
    programs = [program_with(*sections, title=long_name, waiting=250) for _ in range(30)]
    mail = usual(MessageKind.DIGEST, programs=programs)
    assert len((mail.text + mail.html).encode()) < LARGEST
    assert "24 more programs have news; see the dashboard." in mail.text
    assert "\nComplete (250)\n- Mina Okafor 1 " in mail.text
    assert "\nOverdue (250)\n\n" in mail.text


def test_a_digest_refuses_a_section_without_words() -> None:
    unheard_of = program_with(section_of("unheard_of", 1))
    with pytest.raises(UndefinedError, match="unheard_of"):
        usual(MessageKind.DIGEST, programs=[unheard_of])


# --- helpers ------------------------------------------------------------------------------------


def due() -> str:
    return wording.instant(DUE, ZONE, "en")


def assert_first_lines_name(mail: Rendered, *words: str) -> None:
    for word in words:
        assert word in first_two_lines(mail)
