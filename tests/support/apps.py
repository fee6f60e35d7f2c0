"""The web application over a test's house."""

from dataclasses import replace

from flask import Flask

from letters.adapters.messages import CompiledTemplates
from letters.app import create_app
from letters.house import House
from letters.settings import Settings
from letters.web.limits import limiter
from letters.web.state import KEY

_COMPILED = CompiledTemplates()
_shared: dict[Settings, Flask] = {}


def app_on(house: House, settings: Settings | None = None) -> Flask:
    """Make the application, with other settings than its house's where they are given.

    All applications of a test process share what their templates were compiled to.
    """
    app = create_app(settings or house.settings, house=house)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def shared_app_on(house: House, settings: Settings | None = None) -> Flask:
    """Put the house into the application that the tests before had theirs in, with no counts left.

    For tests that leave the application itself as it is: for each kind of settings it is made once
    for a test process.
    """
    alike = replace(settings or house.settings, database_url="", store_url="", mail_url="")
    if alike not in _shared:
        _shared[alike] = app_on(house, settings)
    return moved_into(_shared[alike], house)


def moved_into(app: Flask, house: House) -> Flask:
    """Put the house into an application that was made for one of the same settings."""
    app.extensions[KEY] = house
    limiter.reset()
    return app
