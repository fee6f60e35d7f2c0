"""The web application over a test's house."""

from flask import Flask

from letters.adapters.messages import CompiledTemplates
from letters.app import create_app
from letters.house import House
from letters.settings import Settings

_COMPILED = CompiledTemplates()


def app_on(house: House, settings: Settings | None = None) -> Flask:
    """Make the application, with other settings than its house's where they are given.

    All applications of a test process share what their templates were compiled to.
    """
    app = create_app(settings or house.settings, house=house)
    app.jinja_env.bytecode_cache = _COMPILED
    return app
