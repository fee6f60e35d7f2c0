"""A draft's form: what was typed into it, right or wrong, and what its buttons do to it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from letters.domain.slips import is_free_mail, meant

MOST_GROUPS = 20
LONGEST_TYPED = 2000
"""More than any field takes, so that who typed too much can see it all and shorten it."""


class Choice(StrEnum):
    """What becomes of the right to view the letters."""

    WAIVE = "waive"
    KEEP = "keep"


class Do(StrEnum):
    """What the buttons of the form do. All of them save."""

    SAVE = "save"
    KEEP = "keep"
    """What the page does by itself while somebody types."""
    ADD = "add"
    UP = "up"
    DOWN = "down"
    REMOVE = "remove"
    TAKE = "take"
    """Takes the address that was probably meant."""
    REVIEW = "review"


@dataclass(frozen=True)
class Press:
    """A button that was pressed; `at` is the group it belongs to, from 0."""

    do: Do
    at: int = 0


@dataclass(frozen=True)
class TypedReferee:
    """One group of fields. `id` is that of the letter request it has become, if it has."""

    id: str = ""
    title: str = ""
    name: str = ""
    email: str = ""
    affiliation: str = ""
    relationship: str = ""
    acquaintance: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed here."""
        return not any(getattr(self, one).strip() for one in TYPED_FIELDS)


TYPED_FIELDS = tuple(one.name for one in fields(TypedReferee) if one.name != "id")


@dataclass(frozen=True)
class Typed:
    """All of the form. `waiver` is a Choice, or empty while nothing was chosen."""

    name: str = ""
    referees: tuple[TypedReferee, ...] = ()
    waiver: str = ""
    signature: str = ""

    @property
    def filled(self) -> tuple[TypedReferee, ...]:
        """The groups that something was typed into."""
        return tuple(one for one in self.referees if not one.is_blank)

    @property
    def said(self) -> "Typed":
        """The form without empty groups, and without the ids of the others."""
        return replace(self, referees=tuple(replace(one, id="") for one in self.filled))

    def says_the_same(self, other: "Typed") -> bool:
        """Say whether two forms differ in nothing but empty groups and the ids of groups."""
        return self.said == other.said

    def with_ids_of(self, other: "Typed") -> "Typed":
        """Return the form with the ids of `other`, which says the same."""
        ids = iter([one.id for one in other.filled])
        known = (one if one.is_blank else replace(one, id=next(ids)) for one in self.referees)
        return replace(self, referees=tuple(known))

    def at(self, group_id: str, email: str) -> "Typed":
        """Return the form with another address in the group of this id."""
        moved = (replace(one, email=email) if one.id == group_id else one for one in self.referees)
        return replace(self, referees=tuple(moved))

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return asdict(self)


def blank(name: str, groups: int) -> Typed:
    """Return the form as it begins: the name, and so many empty groups."""
    return Typed(name=_bounded(name), referees=(TypedReferee(),) * groups)


def from_json(kept: Mapping[str, Any]) -> Typed:
    """Return the form from what was kept of it."""
    referees = (TypedReferee(**one) for one in kept["referees"])
    return Typed(kept["name"], tuple(referees), kept["waiver"], kept["signature"])


def from_form(form: Mapping[str, str]) -> Typed:
    """Return the form from the fields of a request, none of them longer than LONGEST_TYPED.

    Groups are numbered from 0; what stands behind a number that is missing is not read.
    """
    return Typed(
        name=_bounded(form.get("applicant.name", "")),
        referees=tuple(_groups(form)),
        waiver=form.get("waiver", "") if form.get("waiver") in set(Choice) else "",
        signature=_bounded(form.get("signature", "")),
    )


def press_from(value: str) -> Press:
    """Return the button by its value, such as `up.1`; what is no button only saves."""
    name, _, number = value.partition(".")
    if name not in set(Do):
        return Press(Do.SAVE)
    is_number = number.isascii() and number.isdigit() and len(number) < len("100")
    return Press(Do(name), int(number) if is_number else 0)


def pressed(typed: Typed, press: Press, applicant_email: str = "") -> Typed:
    """Return the form after a button; one for a group that is not there changes nothing."""
    groups = list(typed.referees)
    if press.do is Do.ADD and len(groups) < MOST_GROUPS:
        groups.append(TypedReferee())
    elif press.at >= len(groups):
        return typed
    elif press.do is Do.REMOVE:
        del groups[press.at]
    elif press.do is Do.UP and press.at > 0:
        groups.insert(press.at - 1, groups.pop(press.at))
    elif press.do is Do.DOWN:
        groups.insert(press.at + 1, groups.pop(press.at))
    elif press.do is Do.TAKE:
        better = hints_for(typed, applicant_email)[press.at].meant
        groups[press.at] = replace(groups[press.at], email=better or groups[press.at].email)
    return replace(typed, referees=tuple(groups))


@dataclass(frozen=True)
class Hint:
    """What is worth a second look in one group; it never keeps anybody from going on."""

    meant: str | None = None
    free_mail: bool = False


def hints_for(typed: Typed, applicant_email: str) -> tuple[Hint, ...]:
    """Return the hints about the addresses, one for each group."""
    emails = [one.email for one in typed.referees]
    return tuple(
        Hint(
            meant(email, [applicant_email, *emails[:index], *emails[index + 1 :]]),
            is_free_mail(email),
        )
        for index, email in enumerate(emails)
    )


def _groups(form: Mapping[str, str]) -> Iterable[TypedReferee]:
    for index in range(MOST_GROUPS):
        start = f"referees.{index}."
        if f"{start}email" not in form:
            return
        typed = {one: _bounded(form.get(start + one, "")) for one in TYPED_FIELDS}
        yield TypedReferee(id=form.get(f"{start}id", "")[:36], **typed)


def _bounded(text: str) -> str:
    return text[:LONGEST_TYPED]
