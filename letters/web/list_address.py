"""The address of a list of applications: search, filters, order and page are all in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from flask import request

from letters.domain.lists import Filters, Sort, Wrong
from letters.domain.progress import Standing
from letters.domain.rules import FIELD_NAME, MOST_FIELDS
from letters.domain.text import LONGEST_NAME
from letters.services.listing import Beside
from letters.web.signin import signed_in
from letters.web.typed import showable

LONGEST_SEARCH = 100
FIELD = "field-"


@dataclass(frozen=True)
class ListAddress:
    """What was asked for: the filters, the order, and where the page is."""

    filters: Filters
    sort: Sort
    beside: Beside | None

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the same list from its beginning; those that say nothing are left out.

        It is `state`, `wrong`, `search`, `tag`, `sort` and `field-` with a name, in words.
        """
        filters = self.filters
        named = {"state": filters.state, "wrong": filters.wrong, "search": filters.search}
        named |= {"tag": filters.tag} | {f"{FIELD}{name}": value for name, value in filters.fields}
        found = {name: str(value) for name, value in named.items() if value}
        return found if self.sort is Sort.NEWEST else found | {"sort": self.sort.value}


def asked_list() -> ListAddress:
    """Read the address of this request; what it says wrongly is as if it were not there.

    What is at risk is what the reader's dashboard and digest call so.
    """
    args = request.args
    filters = Filters(
        search=showable(args.get("search", "")).strip()[:LONGEST_SEARCH],
        state=args.get("state", type=Standing),
        wrong=args.get("wrong", type=Wrong),
        fields=tuple(_fields()),
        tag=_words(args.get("tag", "")),
        risk_days=signed_in().risk_days,
    )
    return ListAddress(filters, args.get("sort", Sort.NEWEST, type=Sort), _beside())


def _fields() -> Iterator[tuple[str, str]]:
    """Give the fields that it is narrowed by, each once and no more than a program can have."""
    asked = (
        (name.removeprefix(FIELD), _words(value))
        for name, value in request.args.items()
        if name.startswith(FIELD)
    )
    named = ((name, value) for name, value in asked if value and FIELD_NAME.fullmatch(name))
    return islice(named, MOST_FIELDS)


def _words(value: str) -> str:
    return showable(value).strip()[:LONGEST_NAME]


def _beside() -> Beside | None:
    after = request.args.get("after", type=UUID)
    if after is not None:
        return Beside(after)
    before = request.args.get("before", type=UUID)
    return None if before is None else Beside(before, before=True)
