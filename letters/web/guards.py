"""Every route says who may use it; one that says nothing is a programming error."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from flask import Flask, request
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
Check = Callable[[], ResponseReturnValue | None]

ATTRIBUTE = "letters_guard"


class Guard(StrEnum):
    """Who may use a route."""

    PUBLIC = "public"
    LINK = "link"
    """The token in the path is the proof; the service that opens it checks the signature."""
    COORDINATOR = "coordinator"
    API_KEY = "api_key"
    METRICS = "metrics"
    """Who shows the token that the operator has set; nobody where none is."""
    DEMO = "demo"
    """Everybody, on an application that was made for the demo and nowhere else."""


class UnguardedRoute(RuntimeError):
    """A route without a declared guard."""


def guarded(guard: Guard) -> Callable[[View], View]:
    """Declare who may use a view. Goes directly around the function, below the route."""

    def declare(view: View) -> View:
        setattr(view, ATTRIBUTE, guard)
        return view

    return declare


def declare_for(app: Flask, endpoint: str, guard: Guard) -> None:
    """Declare who may use a route that a library brings."""
    app.extensions.setdefault(ATTRIBUTE, {})[endpoint] = guard


def guard_of(app: Flask, endpoint: str) -> Guard | None:
    """Return the declared guard of an endpoint."""
    declared: dict[str, Guard] = app.extensions.get(ATTRIBUTE, {})
    if endpoint in declared:
        return declared[endpoint]
    return getattr(app.view_functions[endpoint], ATTRIBUTE, None)


def install(app: Flask, checks: Mapping[Guard, Check]) -> None:
    """Enforce the guards before each request. Call it when all routes are there.

    Raises UnguardedRoute when a route declares none.
    """
    for rule in app.url_map.iter_rules():
        if guard_of(app, rule.endpoint) is None:
            message = f"{rule} ({rule.endpoint}) declares no guard"
            raise UnguardedRoute(message)

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        guard = guard_of(app, request.endpoint)
        if guard is None:
            message = f"{request.endpoint} declares no guard"
            raise UnguardedRoute(message)
        if guard not in checks:
            return None
        return checks[guard]()
