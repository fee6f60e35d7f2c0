"""What a draft still lacks before it can be submitted, and what it says once nothing is missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from letters.addresses import clean_address
from letters.domain.drafts import Choice, Typed, TypedReferee
from letters.domain.errors import Problem, TooFewReferees, TooManyReferees
from letters.domain.policy import Terms, referee_problems
from letters.domain.text import (
    LONGEST_LINE,
    LONGEST_NAME,
    clean_line,
    clean_name,
    clean_text,
    required_name,
)
from letters.domain.waiver import clean_signature
from letters.domain.words import N_

LONGEST_TITLE = 40
LONGEST_ACQUAINTANCE = 500


@dataclass(frozen=True)
class NamedReferee:
    """A referee as mails and pages name them; `group_id` is the letter request's, if there is one.

    `group` is the place in the form, from 0.
    """

    group: int
    group_id: str
    name: str
    email: str
    affiliation: str
    relationship: str
    acquaintance: str


@dataclass(frozen=True)
class Checked:
    """A form that was tidied, and everything that is wrong with it, in the order of the fields."""

    name: str
    referees: Sequence[NamedReferee]
    waived: bool
    signature: str
    problems: Sequence[Problem]


def check(terms: Terms, applicant_email: str, typed: Typed, declined: int) -> Checked:
    """Tidy a form and look for problems; `declined` of its referees have said that they cannot."""
    problems: list[Problem] = []
    name = required_name("applicant.name", typed.name, problems)
    referees = [
        _referee(group, one, problems)
        for group, one in enumerate(typed.referees)
        if not one.is_blank
    ]
    emails = ["" if one.is_blank else one.email for one in typed.referees]
    problems += referee_problems(applicant_email, emails)
    problems.sort(key=_place)
    problems += _count_problems(terms, len(referees), declined)
    if not typed.waiver:
        problems.append(Problem("waiver", N_("Choose one of the two.")))
    waived = typed.waiver == Choice.WAIVE
    signature = clean_signature("signature", typed.signature, name, problems) if waived else ""
    return Checked(name, referees, waived, signature, problems)


def _referee(group: int, typed: TypedReferee, problems: list[Problem]) -> NamedReferee:
    field = f"referees.{group}"
    return NamedReferee(
        group=group,
        group_id=typed.id,
        name=_full_name(field, typed, problems),
        email=clean_address(f"{field}.email", typed.email, problems),
        affiliation=clean_line(f"{field}.affiliation", typed.affiliation, problems, LONGEST_LINE),
        relationship=clean_line(
            f"{field}.relationship", typed.relationship, problems, LONGEST_LINE
        ),
        acquaintance=clean_text(
            f"{field}.acquaintance", typed.acquaintance, problems, LONGEST_ACQUAINTANCE
        ),
    )


def _full_name(field: str, typed: TypedReferee, problems: list[Problem]) -> str:
    """Put title and name together, as the referee is addressed; a title typed twice stands once."""
    title = clean_name(f"{field}.title", typed.title, problems, LONGEST_TITLE)
    name = required_name(f"{field}.name", typed.name, problems)
    has_title = not title or name.casefold().startswith(f"{title} ".casefold())
    full = name if has_title else f"{title} {name}"
    if name and len(full) > LONGEST_NAME:
        sentence = N_("Title and name together may have at most %(longest)s characters.")
        problems.append(Problem(f"{field}.name", sentence, {"longest": LONGEST_NAME}))
    return full


def _count_problems(terms: Terms, named: int, declined: int) -> list[Problem]:
    """Who declined does not count towards the least, and takes no room from the others."""
    count = named - declined
    if count < terms.min_letters:
        values = {"min_letters": terms.min_letters, "count": count}
        return [Problem("referees", TooFewReferees.sentence, values)]
    if count > terms.max_letters:
        values = {"max_letters": terms.max_letters, "count": count}
        return [Problem("referees", TooManyReferees.sentence, values)]
    return []


def _place(problem: Problem) -> int:
    """Return where a field stands: before the referees, or in which of their groups."""
    group = problem.field.split(".")[1]
    return int(group) if group.isdigit() else -1
