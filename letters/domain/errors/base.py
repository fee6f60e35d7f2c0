"""The root of all expected errors, and what is wrong with what somebody entered."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import ClassVar

from letters.domain.words import N_

Value = str | int


class LettersError(Exception):
    """The root of all expected errors.

    `sentence` is the message id, `values` fills its placeholders.
    """

    sentence: ClassVar[str] = N_("Something went wrong.")

    def __init__(self, **values: Value) -> None:
        self.values: Mapping[str, Value] = values
        super().__init__(self.sentence % values)


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one field: `sentence` is a message id, `values` fills it.

    `field` is a path such as `applicant.email` or `referees.1.name`; empty for the whole.
    """

    field: str
    sentence: str
    values: Mapping[str, Value] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.values


class InvalidInput(LettersError):
    """Input that breaks rules; `problems` lists all of them at once, in the order of the fields."""

    sentence = N_("Some of what was entered needs correcting.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return " ".join(f"{p.field}: {p}" if p.field else str(p) for p in self.problems)
