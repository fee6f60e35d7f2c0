"""The many of a whole season: made by a fixed seed, so that every demo tells the same story."""

from collections.abc import Iterator, Sequence
from random import Random

from letters.demo.cast import Act, Candidate, Deed
from letters.demo.programs import FELLOWSHIP, INTERNSHIP, SEARCH
from letters.services.applying import NewApplication, NewReferee

SEED = 2027
HOW_MANY = 106
"""With those whose story is told one by one they make 120."""

GIVEN = (
    *("Ada", "Bilal", "Carmen", "Dario", "Elif", "Farah", "Goran", "Hye-jin", "Ines", "Joaquín"),
    *("Karim", "Lena", "Marek", "Nadia", "Owen", "Paula", "Quentin", "Ravi", "Selma", "Tariq"),
    *("Uma", "Viktor", "Wen", "Ximena", "Yusuf", "Zoë"),
)
FAMILY = (
    *("Abbott", "Bergström", "Castillo", "Duarte", "Engel", "Fonseca", "Grünwald", "Hashimi"),
    *("Ivanova", "Jansen", "Kaplan", "Lefèvre", "Mbeki", "Nakagawa", "Olsen", "Petrov", "Quispe"),
    *("Rinaldi", "Schäfer", "Tanaka", "Ueda", "Varga", "Winter", "Yilmaz", "Zanetti"),
)
PLACES = (
    ("Coastal University", "coastal.example.edu"),
    ("Institute of Applied Ecology", "ecology.example.org"),
    ("Northern Technical College", "northern.example.edu"),
    ("Mountain Observatory", "mountain.example.net"),
    ("Plains State University", "plains.example.edu"),
    ("Harbour Laboratory", "harbour.example.org"),
)
REFEREES_IN_ALL = 60
PROGRAMS = (INTERNSHIP, FELLOWSHIP, SEARCH)
SHARES = (78, 17, 5)
"""Most apply for the internship."""

# How often, of one, each thing happens.
WAIVES = 0.9
NEVER_SUBMITS = 0.06
ALERTS = 0.3
NOT_SELECTED_YET = 0.25
ONE_REFEREE_MORE = 0.3
DECLINES, ASKS_FOR_TIME, SENDS = 0.05, 0.04, 0.81
"""What a referee does; the rest say nothing."""

USUAL_DAYS, MOST_DAYS, NOW = 6, 30, 0.2
"""So long a letter takes; what would come later than now has not come yet."""

WANTED = {INTERNSHIP: 2, FELLOWSHIP: 3, SEARCH: 2}
REASONS = (
    "I am on leave this term and could not do the letter justice.",
    "We met in one lecture only; somebody who knows the work should write.",
)
MORE_TIME = "A week more would help me."


def crowd() -> tuple[Candidate, ...]:
    """Return the applications that make the example season a whole one, always the same."""
    chance = Random(SEED)  # noqa: S311 -- a story is told again, nothing is kept secret by it
    referees = [_referee(chance, number) for number in range(REFEREES_IN_ALL)]
    return tuple(_candidate(chance, number, referees) for number in range(HOW_MANY))


def _referee(chance: Random, number: int) -> NewReferee:
    title = chance.choice(("Prof.", "Dr."))
    family = chance.choice(FAMILY)
    place, domain = chance.choice(PLACES)
    name = f"{title} {chance.choice(GIVEN)} {family}"
    return NewReferee(name, f"referee{number + 1}@{domain}", place)


def _candidate(chance: Random, number: int, referees: Sequence[NewReferee]) -> Candidate:
    program = chance.choices(PROGRAMS, SHARES)[0]
    named = chance.sample(referees, WANTED[program] + (chance.random() < ONE_REFEREE_MORE))
    given, family = GIVEN[number % len(GIVEN)], chance.choice(FAMILY)
    new = NewApplication(
        f"{given} {family}",
        f"candidate{number + 1}@student.example.com",
        named,
        external_id=f"N-{1000 + number}",
        waived=chance.random() < WAIVES,
    )
    return Candidate(program, new, tuple(_story(chance, program, len(named))))


def _story(chance: Random, program: str, referees: int) -> Iterator[Act]:
    """Yield what happens to one application, in the order of time."""
    began = chance.uniform(6, 34)
    yield Act(began, Deed.APPLY)
    if chance.random() < NEVER_SUBMITS:
        return
    if chance.random() < ALERTS:
        yield Act(began - 0.1, Deed.ALERT)
    yield Act(began - 0.3, Deed.SUBMIT)
    asked = began - 0.4
    if program == INTERNSHIP:
        if chance.random() < NOT_SELECTED_YET:
            return
        asked = chance.uniform(1, began - 1)
        yield Act(asked, Deed.SELECT)
    yield from sorted(
        (act for referee in range(referees) for act in _answer(chance, asked, referee)),
        key=lambda act: -act.days,
    )


def _answer(chance: Random, asked: float, referee: int) -> Iterator[Act]:
    """Yield what one referee does: most send, soon or late, some decline, some are silent."""
    when = asked - min(chance.expovariate(1 / USUAL_DAYS), MOST_DAYS)
    deed = chance.choices(
        (Deed.DECLINE, Deed.ASK_MORE_TIME, Deed.SEND, None),
        (DECLINES, ASKS_FOR_TIME, SENDS, 1 - DECLINES - ASKS_FOR_TIME - SENDS),
    )[0]
    if deed is None or when <= NOW:
        return
    reasons = {Deed.DECLINE: chance.choice(REASONS), Deed.ASK_MORE_TIME: MORE_TIME}
    yield Act(when, deed, referee, reason=reasons.get(deed, ""))
