"""Who is in the example season, and what becomes of them. Everybody and everything is invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from letters.demo.programs import FELLOWSHIP, INTERNSHIP, SEARCH
from letters.services.applying import NewApplication, NewReferee

COORDINATOR_NAME = "Ingrid Solheim"
COORDINATOR_EMAIL = "ingrid.solheim@nordlys.example.org"
FOLLOWED = "amara.okafor@student.example.com"
"""The applicant whose status view the demo shows: one of two letters is in."""

DAYS_PLAYED = 36
"""How long before the demo begins its season began."""


# --- what can happen to an application --------------------------------------------------------


class Deed(StrEnum):
    """What somebody does."""

    APPLY = "apply"
    ALERT = "alert"
    SUBMIT = "submit"
    SELECT = "select"
    SEND = "send"
    DECLINE = "decline"
    WELCOME = "welcome"
    DECLINE_EARLY = "decline_early"
    ASK_MORE_TIME = "ask_more_time"


@dataclass(frozen=True)
class Act:
    """A deed, so many `days` before the demo begins; `referee` counts from 0.

    `about` names whom a letter speaks of, if that is not the applicant.
    """

    days: float
    deed: Deed
    referee: int = 0
    reason: str = ""
    about: str = ""


@dataclass(frozen=True)
class Candidate:
    """An application and what becomes of it."""

    program: str
    new: NewApplication
    acts: tuple[Act, ...]


REFEREES: Mapping[str, NewReferee] = {
    referee.email.partition("@")[0]: referee
    for referee in (
        NewReferee("Prof. Hanna Lindqvist", "lindqvist@uni.example.edu", "Fjord University"),
        NewReferee("Dr. Chidi Eze", "eze@uni.example.edu", "Institute of Oceanography"),
        NewReferee("Prof. Rosa Delgado Núñez", "delgado@sur.example.org", "Universidad del Sur"),
        NewReferee("Dr. Kenji Morita", "morita@kita.example.net", "Kita Polar Laboratory"),
        NewReferee("Prof. Maeve O'Donnell", "odonnell@west.example.edu", "Westport College"),
        NewReferee("Dr. Tomás Ferreira", "ferreira@rio.example.org", "Instituto Rio Claro"),
        NewReferee("Prof. Anjali Deshmukh", "deshmukh@ghats.example.edu", "Ghats University"),
        NewReferee("Dr. Jonas Weiß", "weiss@alpen.example.org", "Institut für Gletscherkunde"),
        NewReferee("Prof. Fatima El-Sayed", "elsayed@delta.example.edu", "Delta University"),
        NewReferee("Dr. Grace Wanjiru", "wanjiru@rift.example.org", "Rift Valley Observatory"),
    )
}


def _applies(name: str, email: str, *referees: str, waived: bool = True) -> NewApplication:
    return NewApplication(name, email, [REFEREES[key] for key in referees], waived=waived)


CANDIDATES = (
    Candidate(  # a draft that cannot be submitted yet
        INTERNSHIP,
        _applies("Zofia Wiśniewska", "zofia.w@student.example.com", "lindqvist"),
        (Act(1.2, Deed.APPLY),),
    ),
    Candidate(  # a draft: one alerted referee can write, the other said early that she cannot
        INTERNSHIP,
        _applies("Mateus Carvalho", "mateus@student.example.org", "ferreira", "delgado"),
        (
            Act(5.1, Deed.APPLY),
            Act(4.9, Deed.ALERT),
            Act(4.4, Deed.WELCOME, referee=0),
            Act(
                3.9,
                Deed.DECLINE_EARLY,
                referee=1,
                reason="I am in the field until May and have no connection there.",
            ),
        ),
    ),
    Candidate(  # waits for the committee
        INTERNSHIP,
        _applies("Leila Haddad", "leila.haddad@student.example.net", "elsayed", "eze", "morita"),
        (Act(3.4, Deed.APPLY), Act(3.3, Deed.SUBMIT)),
    ),
    Candidate(  # waits for the committee, with referees who know of it
        INTERNSHIP,
        _applies("Noah Thompson", "noah.t@student.example.edu", "odonnell", "weiss"),
        (
            Act(6.2, Deed.APPLY),
            Act(6.1, Deed.ALERT),
            Act(5.2, Deed.WELCOME, referee=0),
            Act(0.8, Deed.SUBMIT),
        ),
    ),
    Candidate(  # selected, both letters awaited, and a referee asks for more time
        INTERNSHIP,
        _applies("Priya Raghunathan", "priya.r@student.example.com", "deshmukh", "wanjiru"),
        (
            Act(12.3, Deed.APPLY),
            Act(12.2, Deed.SUBMIT),
            Act(4.3, Deed.SELECT),
            Act(
                1.4,
                Deed.ASK_MORE_TIME,
                referee=1,
                reason="Our observatory is being moved; a week more would help me.",
            ),
        ),
    ),
    Candidate(  # the same applicant elsewhere: the same referees are asked for two letters
        FELLOWSHIP,
        _applies(
            "Priya Raghunathan", "priya.r@student.example.com", "deshmukh", "wanjiru", "elsayed"
        ),
        (Act(8.4, Deed.APPLY), Act(8.3, Deed.SUBMIT)),
    ),
    Candidate(  # one of two letters is in
        INTERNSHIP,
        _applies("Amara Okafor", FOLLOWED, "eze", "lindqvist"),
        (
            Act(21.4, Deed.APPLY),
            Act(21.3, Deed.ALERT),
            Act(20.6, Deed.SUBMIT),
            Act(9.3, Deed.SELECT),
            Act(2.6, Deed.SEND, referee=0),
        ),
    ),
    Candidate(  # complete
        INTERNSHIP,
        _applies("Lucía Fernández", "lucia@student.example.org", "delgado", "ferreira"),
        (
            Act(25.2, Deed.APPLY),
            Act(25.1, Deed.SUBMIT),
            Act(15.3, Deed.SELECT),
            Act(11.7, Deed.SEND, referee=1),
            Act(7.5, Deed.SEND, referee=0),
        ),
    ),
    Candidate(  # complete, and one letter was replaced by a better version
        INTERNSHIP,
        _applies("Emil Sørensen", "emil@student.example.net", "weiss", "morita", "lindqvist"),
        (
            Act(27.6, Deed.APPLY),
            Act(27.5, Deed.SUBMIT),
            Act(15.2, Deed.SELECT),
            Act(13.4, Deed.SEND, referee=0),
            Act(12.4, Deed.SEND, referee=0),
            Act(8.6, Deed.SEND, referee=2),
        ),
    ),
    Candidate(  # a referee declined, and without another one it is short of letters
        INTERNSHIP,
        _applies(
            "Daniel Kipkorir",
            "d.kipkorir@student.example.edu",
            *("wanjiru", "odonnell"),
            waived=False,
        ),
        (
            Act(18.5, Deed.APPLY),
            Act(18.4, Deed.SUBMIT),
            Act(9.2, Deed.SELECT),
            Act(6.4, Deed.SEND, referee=0),
            Act(
                3.6,
                Deed.DECLINE,
                referee=1,
                reason="I taught Daniel in one large course only and cannot say enough.",
            ),
        ),
    ),
    Candidate(  # automatic: two of three letters in, and one of them is about somebody else
        FELLOWSHIP,
        _applies("Sakura Ito", "sakura.ito@grad.example.com", "morita", "eze", "elsayed"),
        (
            Act(10.4, Deed.APPLY),
            Act(10.3, Deed.SUBMIT),
            Act(1.6, Deed.SEND, referee=0),
            Act(0.6, Deed.SEND, referee=1, about="Amara Okafor"),
        ),
    ),
    Candidate(  # automatic and complete
        FELLOWSHIP,
        _applies("Oliver Brandt", "o.brandt@grad.example.org", "weiss", "deshmukh", "odonnell"),
        (
            Act(16.6, Deed.APPLY),
            Act(16.5, Deed.SUBMIT),
            Act(13.6, Deed.SEND, referee=1),
            Act(9.6, Deed.SEND, referee=0),
            Act(5.4, Deed.SEND, referee=2),
        ),
    ),
    Candidate(  # overdue: one letter is in, one is late
        SEARCH,
        _applies("Dr. Yara Benali", "y.benali@rivers.example.net", "elsayed", "delgado"),
        (Act(30.3, Deed.APPLY), Act(30.2, Deed.SUBMIT), Act(14.5, Deed.SEND, referee=0)),
    ),
    Candidate(  # overdue: both letters are late
        SEARCH,
        _applies("Dr. Henrik Aalto", "h.aalto@rivers.example.org", "lindqvist", "wanjiru"),
        (Act(19.3, Deed.APPLY), Act(19.2, Deed.SUBMIT)),
    ),
)


# --- what referees write ----------------------------------------------------------------------


def words_of_letter(applicant: str, program: str, organization: str) -> tuple[str, ...]:
    """Return the paragraphs of a letter."""
    return (
        f"To the committee of the {program}, {organization}",
        (
            f"I am glad to recommend {applicant} to you. We have worked together for two years, "
            "first in a seminar and then on a project that became a chapter of a report."
        ),
        (
            f"What I value most in {applicant} is patience with data that do not agree. When our "
            "sensors drifted last spring, the easy way would have been to leave the month out. "
            "Instead I got a careful account of what could be saved, and of what could not."
        ),
        f"I recommend {applicant} without reservation and would be happy to answer questions.",
    )
