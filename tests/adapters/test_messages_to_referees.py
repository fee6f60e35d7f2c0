"""What the mails to referees say, and what those about their questions say."""

from datetime import datetime, timedelta

import pytest
from jinja2 import UndefinedError

from letters import wording
from letters.domain.journal import MessageKind
from letters.domain.wrong_letter import Mark
from letters.sample_facts import (
    APPLICANT,
    CLOSES,
    INTERNSHIP,
    NOTICE_PAGE,
    ORGANIZATION,
    RECEIPT_PAGE,
    RECEIVED,
    REFEREE,
    UPLOAD_PAGE,
    ZONE,
    facts_of,
)
from letters.sample_facts.referees import OTHERS
from letters.services.composing.reminders import MOST_LISTED
from tests.support import markup
from tests.support.mails import (
    LARGEST,
    assert_first_lines_name,
    due,
    everything,
    first_two_lines,
    links,
    usual,
)

# --- advance notice -----------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["automatic", "selected"])
def test_an_advance_notice_never_has_an_upload_link(policy: str) -> None:
    mail = usual(
        MessageKind.ADVANCE_NOTICE,
        policy=policy,
        upload_url=UPLOAD_PAGE,
        decline_url=f"{UPLOAD_PAGE}/decline",
    )
    assert "/letter/" not in everything(mail)
    assert links(mail) == [NOTICE_PAGE]


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


def test_an_advance_notice_says_what_an_answer_does() -> None:
    mail = usual(MessageKind.ADVANCE_NOTICE)
    assert "say that you can write, decline early, or correct your address" in mail.text


@pytest.mark.parametrize(
    ("wished_pages", "told"),
    [
        (0, None),
        (1, "The program wishes for a letter of one page."),
        (3, "The program wishes for a letter of at most 3 pages."),
    ],
)
def test_an_advance_notice_says_how_long_a_letter_is_wished(
    wished_pages: int, told: str | None
) -> None:
    words = usual(MessageKind.ADVANCE_NOTICE, wished_pages=wished_pages).text
    assert told in words.splitlines() if told else "wishes" not in words


@pytest.mark.parametrize("corrected", [True, False])
def test_a_notice_at_a_corrected_address_says_why_it_comes(corrected: bool) -> None:
    mail = usual(MessageKind.ADVANCE_NOTICE, corrected=corrected)
    why = "because the address on file for you was corrected to this one"
    assert (why in mail.text) is corrected


def test_a_personal_line_is_quoted_as_the_applicant_s() -> None:
    mail = usual(MessageKind.ADVANCE_NOTICE, personal_line="One & <b>\n\nDear all,\u2028two")
    said = f"{APPLICANT} writes to you:"
    assert f"\n{said}\n\n> One & <b>\n>\n> Dear all,\n> two\n\n" in mail.text
    assert "One &amp; &lt;b&gt;<br>\n<br>\nDear all,<br>\ntwo</blockquote>" in mail.html
    assert said not in everything(usual(MessageKind.ADVANCE_NOTICE))


def test_a_link_in_a_personal_line_is_not_clickable() -> None:
    line = "See https://evil.example/a?b=c, www.evil.example or write to me@evil.example. Bye."
    mail = usual(MessageKind.ADVANCE_NOTICE, personal_line=line)
    assert links(mail) == [NOTICE_PAGE]
    for words in (mail.text, markup.text(mail.html)):
        assert "https://evil" not in words
        assert "evil.example" not in words
        assert "@evil" not in words
        assert line in words.replace("\N{WORD JOINER}", "")


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


def test_a_letter_request_says_what_else_is_possible_and_how_long_the_letter_is_kept() -> None:
    words = usual(MessageKind.LETTER_REQUEST).text
    assert "You may pass the link on to an assistant." in words
    assert "If you need more time, you can ask for it on its page." in words
    assert "It is kept until 2 April 2028 at least, and deleted soon after" in words


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


# --- reminder -----------------------------------------------------------------------------------


def test_a_reminder_of_many_letters_stays_small() -> None:
    long_name = "Professor Bartholomew Featherstonehaugh-Cholmondeley the Younger"
    one = {**OTHERS[0], "applicant_name": long_name, "program_title": long_name}
    mail = usual(MessageKind.REMINDER, others=[one] * MOST_LISTED, more=12)
    assert "And 12 more letters" in mail.text
    assert len((mail.text + mail.html).encode()) < LARGEST


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


def test_a_receipt_says_when_the_letter_is_held_back() -> None:
    held_back = "it is held back until a coordinator opens it with care"
    assert held_back in usual(MessageKind.RECEIPT, held_back=True).text
    assert "save it anew" not in usual(MessageKind.RECEIPT, held_back=True).text
    assert "save it anew" in usual(MessageKind.RECEIPT, held_back=True, pages=None).text
    assert held_back not in usual(MessageKind.RECEIPT).text


def test_a_receipt_asks_for_a_look_where_the_letter_may_be_the_wrong_one() -> None:
    mail = usual(MessageKind.RECEIPT, marked=True, url=RECEIPT_PAGE)
    assert "Please look at it once: it may be the wrong one." in first_two_lines(mail)
    assert "The receipt page says what looks unusual." in mail.text
    assert "Nothing more is needed" not in everything(mail)
    assert links(mail) == [RECEIPT_PAGE]


# --- a letter that may be the wrong one ---------------------------------------------------------


def test_a_question_about_a_letter_says_why_and_what_to_press() -> None:
    mail = usual(MessageKind.CONFIRM_LETTER, marks=["applicant_missing", "blank_pages"])
    assert_first_lines_name(mail, APPLICANT, INTERNSHIP, wording.instant(CLOSES, ZONE, "en"))
    assert "may be the wrong one" in first_two_lines(mail)
    why = f"- The name {APPLICANT} was not found in it.\n- It has blank pages.\n\n"
    assert why in mail.text
    assert "“This is the right letter” and “Replace it”" in mail.text


def test_every_mark_has_its_own_sentence() -> None:
    said = [first_reason(mark.value) for mark in Mark]
    assert len(set(said)) == len(Mark)
    assert all(sentence.endswith(".") for sentence in said)


def test_a_mark_without_words_is_refused() -> None:
    with pytest.raises(UndefinedError, match="unheard_of"):
        usual(MessageKind.CONFIRM_LETTER, marks=["unheard_of"])


def first_reason(mark: str) -> str:
    lines = usual(MessageKind.CONFIRM_LETTER, marks=[mark]).text.splitlines()
    return lines[lines.index("This is why we ask:") + 1]


# --- more time ----------------------------------------------------------------------------------


def test_a_question_for_more_time_says_who_asks_for_which_letter_due_when() -> None:
    mail = usual(MessageKind.MORE_TIME_ASKED)
    assert_first_lines_name(mail, REFEREE, APPLICANT, INTERNSHIP, due())
    assert "Their note:\n\n    I am on fieldwork until Easter.\n\n    The week" in mail.text
    assert "note:" not in usual(MessageKind.MORE_TIME_ASKED, note="").text
    assert f"Questions to {REFEREE}? Reply to this mail: it goes to them." in mail.text


def test_the_answer_says_whether_there_is_more_time_and_the_due_date() -> None:
    granted = usual(MessageKind.MORE_TIME_ANSWERED)
    assert_first_lines_name(granted, ORGANIZATION, "gives you more time", APPLICANT, due())
    assert granted.subject.endswith("now due 1 April 2027")
    assert "If you cannot write" not in granted.text
    refused = usual(MessageKind.MORE_TIME_ANSWERED, granted=False)
    assert_first_lines_name(refused, ORGANIZATION, "cannot give you more time", APPLICANT, due())
    assert f"taken until {wording.instant(CLOSES, ZONE, 'en')}" in refused.text
    assert links(granted) == links(refused) == [UPLOAD_PAGE]


# --- all that is asked of one referee -----------------------------------------------------------


def test_the_link_to_all_letters_says_how_long_it_works_and_whom_it_is_for() -> None:
    mail = usual(MessageKind.OVERVIEW)
    until = wording.instant(RECEIVED + timedelta(days=2), ZONE, "en")
    assert_first_lines_name(mail, "the link you asked for", f"It works until {until}.")
    assert "please do not pass it on" in mail.text
    assert "If you did not ask for it, ignore this mail." in mail.text
