"""What a view says of itself for the description of the API, beside its docstring."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

from flask.typing import ResponseReturnValue

from letters.web.api.answers import Answer
from letters.web.api.bodies import Input

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

ATTRIBUTE = "letters_description"
PDF = "application/pdf"


@dataclass(frozen=True)
class Description:
    """What goes in, what comes out, and the refusals beside those that every call can meet."""

    answer: type[Answer] | str
    """What is answered as JSON, or the media type of a file."""

    status: HTTPStatus
    body: type[Input] | None
    query: type[Input] | None
    refusals: tuple[HTTPStatus, ...]


def described(
    answer: type[Answer] | str,
    *refusals: HTTPStatus,
    status: HTTPStatus = HTTPStatus.OK,
    body: type[Input] | None = None,
    query: type[Input] | None = None,
) -> Callable[[View], View]:
    """Describe a view. Goes directly around the function, as the guard does."""

    def declare(view: View) -> View:
        setattr(view, ATTRIBUTE, Description(answer, status, body, query, refusals))
        return view

    return declare
