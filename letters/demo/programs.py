"""The programs of the example season. Everything is invented."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from letters.domain.policy import RequestPolicy
from letters.services.program_cleaning import NewProgram

INTERNSHIP = "summer-internship"
FELLOWSHIP = "graduate-fellowship"
SEARCH = "hydrology-search"


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
        wished_pages=2,
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
        takes_word=True,
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
