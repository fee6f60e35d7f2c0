"""Who is in the example season, and what becomes of them. Everybody and everything is invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from letters.domain.policy import RequestPolicy
from letters.services.administering import NewProgram
from letters.services.applying import NewApplication, NewReferee

INTERNSHIP = "summer-internship"
FELLOWSHIP = "graduate-fellowship"
SEARCH = "hydrology-search"

COORDINATOR_NAME = "Ingrid Solheim"
COORDINATOR_EMAIL = "ingrid.solheim@nordlys.example.org"
FOLLOWED = "amara.okafor@student.example.com"
"""The applicant whose status view the demo shows: one of two letters is in."""

DAYS_PLAYED = 36
"""How long before the demo begins its season began."""


def programs(now: datetime) -> tuple[NewProgram, ...]:
    """Return the programs, due some time around `now`."""
    return (_internship(now), _fellowship(now), _search(now))


def _internship(now: datetime) -> NewProgram:
    zone = "Europe/Oslo"
    return NewProgram(
        slug=INTERNSHIP,
        title="Summer Research Internship",
        organization="Nordlys Institute for Arctic Science",
        contact_email="internships@nordlys.example.org",
        due_at=_end_of_day(now, zone, days=24),
        timezone=zone,
        grace_hours=48,
        min_letters=2,
        max_letters=4,
        request_policy=RequestPolicy.SELECTED,
        description=(
            "Twelve weeks of paid research in Tromsø, from June to August. Interns join one of "
            "our groups on sea ice, permafrost or polar ecology, carry out a project of their "
            "own with a scientist at their side, and present it to the whole institute in the "
            "last week.\n\n"
            "Students of any country who are in the last two years of a bachelor's degree or in "
            "a master's degree can apply. Travel and housing are paid for.\n\n"
            "We ask for at least two letters of reference, and only from the candidates whom the "
            "committee selects."
        ),
        instructions=(
            "One page is enough. Please tell us how you know the candidate, what they did on "
            "their own, and how they work with others when something goes wrong.\n"
            "Grades are in the application already; you need not repeat them."
        ),
    )


def _fellowship(now: datetime) -> NewProgram:
    zone = "America/Toronto"
    return NewProgram(
        slug=FELLOWSHIP,
        title="Harbour Graduate Fellowship",
        organization="Lakeshore University",
        contact_email="fellowship@lakeshore.example.edu",
        due_at=_end_of_day(now, zone, days=38),
        timezone=zone,
        grace_hours=24,
        min_letters=3,
        max_letters=5,
        request_policy=RequestPolicy.AUTOMATIC,
        description=(
            "Four years of funding for doctoral students in the natural and social sciences. "
            "Fellows choose their supervisor after a first year of rotations.\n\n"
            "Three letters of reference belong to every application. They are requested as soon "
            "as it is submitted."
        ),
        instructions=(
            "Please compare the candidate with others at the same stage, and say what you would "
            "expect of them in five years."
        ),
    )


def _search(now: datetime) -> NewProgram:
    zone = "Pacific/Auckland"
    return NewProgram(
        slug=SEARCH,
        title="Assistant Professor in Hydrology",
        organization="University of the Southern Coast",
        contact_email="search.hydrology@southern.example.net",
        due_at=_end_of_day(now, zone, days=-2),
        timezone=zone,
        grace_hours=7 * 24,
        min_letters=2,
        max_letters=3,
        request_policy=RequestPolicy.AUTOMATIC,
        description=(
            "A tenure-track position in the hydrology of braided rivers, with a share in the "
            "field station on the coast. Letters that come a little late are still read."
        ),
        instructions="Please speak of teaching as well as of research.",
    )


def _end_of_day(now: datetime, zone: str, days: int) -> datetime:
    """Return 23:59 in `zone`, `days` after the day that it is there now."""
    there = now.astimezone(ZoneInfo(zone)) + timedelta(days=days)
    return there.replace(hour=23, minute=59, second=0, microsecond=0).astimezone(UTC)


# --- what can happen to an application --------------------------------------------------------


class Deed(StrEnum):
    """What somebody does."""

    APPLY = "apply"
    ALERT = "alert"
    SUBMIT = "submit"
    SELECT = "select"
    SEND = "send"
    DECLINE = "decline"


@dataclass(frozen=True)
class Act:
    """A deed, so many `days` before the demo begins; `referee` counts from 0."""

    days: float
    deed: Deed
    referee: int = 0
    reason: str = ""


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
    Candidate(  # a draft whose referees have been alerted
        INTERNSHIP,
        _applies("Mateus Carvalho", "mateus@student.example.org", "ferreira", "delgado"),
        (Act(5.1, Deed.APPLY), Act(4.9, Deed.ALERT)),
    ),
    Candidate(  # waits for the committee
        INTERNSHIP,
        _applies("Leila Haddad", "leila.haddad@student.example.net", "elsayed", "eze", "morita"),
        (Act(3.4, Deed.APPLY), Act(3.3, Deed.SUBMIT)),
    ),
    Candidate(  # waits for the committee, with referees who know of it
        INTERNSHIP,
        _applies("Noah Thompson", "noah.t@student.example.edu", "odonnell", "weiss"),
        (Act(6.2, Deed.APPLY), Act(6.1, Deed.ALERT), Act(0.8, Deed.SUBMIT)),
    ),
    Candidate(  # selected, both letters awaited
        INTERNSHIP,
        _applies("Priya Raghunathan", "priya.r@student.example.com", "deshmukh", "wanjiru"),
        (Act(12.3, Deed.APPLY), Act(12.2, Deed.SUBMIT), Act(4.3, Deed.SELECT)),
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
    Candidate(  # automatic: requested on submission, one of three letters in
        FELLOWSHIP,
        _applies("Sakura Ito", "sakura.ito@grad.example.com", "morita", "eze", "elsayed"),
        (Act(10.4, Deed.APPLY), Act(10.3, Deed.SUBMIT), Act(1.6, Deed.SEND, referee=0)),
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
