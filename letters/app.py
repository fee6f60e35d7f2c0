"""Floor 4: the web application, made from its settings."""

from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_locale, gettext
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from letters import wording
from letters.domain.policy import RequestPolicy
from letters.domain.sessions import LONGEST
from letters.house import House, assemble
from letters.logs import mask_access_logs, write_json_lines
from letters.resources import templates_folder, translations_folder
from letters.services.program_cleaning import LARGEST_LIMIT
from letters.settings import Settings
from letters.web import (
    account,
    alerting,
    all_applications,
    applicant,
    applying,
    assets,
    bulk,
    calendars,
    changes,
    choices,
    colours,
    coordinator,
    demo,
    digest_settings,
    draft,
    entering,
    errors,
    exports,
    guards,
    health,
    invitations,
    keeping,
    limits,
    logos,
    mail_words,
    mails,
    managing,
    new_program,
    notice,
    overview,
    people,
    persons,
    previews,
    program_fields,
    program_settings,
    public,
    receipt,
    referee,
    referee_changes,
    reminders,
    season_pictures,
    security,
    selection_rule,
    signals,
    signin,
    viewer,
)
from letters.web.api import keys, openapi, requests
from letters.web.api.routes import api
from letters.web.csrf import csrf
from letters.web.guards import Guard
from letters.web.incoming import Application
from letters.web.state import KEY
from letters.web.typed import showable

PAGES = (
    public.bp,
    colours.bp,
    logos.bp,
    notice.bp,
    referee.bp,
    receipt.bp,
    overview.bp,
    calendars.bp,
    reminders.bp,
    applicant.bp,
    applying.bp,
    draft.bp,
    alerting.bp,
    changes.bp,
    choices.bp,
    all_applications.bp,
    signin.bp,
    invitations.bp,
    account.bp,
    people.bp,
    persons.bp,
    coordinator.bp,
    season_pictures.bp,
    bulk.bp,
    managing.bp,
    referee_changes.bp,
    viewer.bp,
    entering.bp,
    mails.bp,
    exports.bp,
    keeping.bp,
    digest_settings.bp,
    program_settings.bp,
    new_program.bp,
    previews.bp,
    mail_words.bp,
    program_fields.bp,
    selection_rule.bp,
    signals.bp,
    health.bp,
)

LARGEST_BODY = 1024 * 1024
"""Of everything but a letter; where one is sent it is raised to its program's own limit."""

MOST_FORM_PARTS = 1000
LANGUAGES = ("en",)


def create_app(settings: Settings, house: House | None = None) -> Flask:
    """Build the application; tests hand in a house with a clock of their own."""
    app = Application(
        "letters.web", template_folder=str(templates_folder()), static_folder="static"
    )
    app.config.update(_configuration(settings))
    app.extensions[KEY] = house or assemble(settings)
    if settings.proxies:
        # Only the caller's address is taken from them: the base URL alone makes links.
        proxied = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)
        app.wsgi_app = proxied  # type: ignore[method-assign]  # as Flask's own documentation does
    _install_languages(app)
    _install_pages(app)
    _install_sign_in(app)
    csrf.init_app(app)
    limits.limiter.init_app(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    app.register_blueprint(api)
    app.register_blueprint(requests.bp)
    app.register_blueprint(openapi.bp)
    csrf.exempt(api)
    csrf.exempt(requests.bp)
    if settings.openid:
        from letters.web import openid  # noqa: PLC0415 -- takes Authlib along, which few need

        openid.install(app, settings.openid)
    if settings.demo:
        app.register_blueprint(demo.bp)
    errors.install(app)
    security.install(app, settings.base_url)
    assets.install(app)
    colours.install(app)
    logos.install(app)
    _declare_library_routes(app)
    guards.install(
        app,
        {
            Guard.COORDINATOR: signin.check,
            Guard.API_KEY: keys.check,
            Guard.METRICS: health.check_metrics,
        },
    )
    return app


def create_app_from_env() -> Flask:
    """Build the application from the environment. Raises SettingsError."""
    return _create_from_env(demo=False)


def create_demo_app() -> Flask:
    """Build the demo's application: the same, with a mailbox to look into."""
    return _create_from_env(demo=True)


def _create_from_env(*, demo: bool) -> Flask:
    write_json_lines()
    house = assemble(Settings.from_env(demo=demo))
    mask_access_logs(house.works.tools.links.masked)
    return create_app(house.settings, house)


def largest_body(path: str) -> int:
    """Return how many bytes are taken for a path before it is known who asks, and for what."""
    enters = path.startswith("/coordinate/requests/") and path.endswith(entering.TAIL)
    if path.startswith("/letter/") or enters:
        return LARGEST_LIMIT + referee.FORM_ROOM
    return logos.LARGEST_SENT if path.endswith("/logo") else LARGEST_BODY


def _configuration(settings: Settings) -> dict[str, Any]:
    newest, *older = settings.secret_keys
    return {
        "SECRET_KEY": newest,
        "SECRET_KEY_FALLBACKS": older,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        "SESSION_COOKIE_NAME": "letters",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "PERMANENT_SESSION_LIFETIME": LONGEST,
        # A referee may leave the page open over the week-end and send the letter then.
        "WTF_CSRF_TIME_LIMIT": None,
        # The Referer check wants a header that our own pages tell browsers not to send.
        "WTF_CSRF_SSL_STRICT": False,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "BABEL_TRANSLATION_DIRECTORIES": str(translations_folder()),
    }


def _install_languages(app: Flask) -> None:
    Babel(app, locale_selector=lambda: request.accept_languages.best_match(LANGUAGES) or "en")
    wording.install(app.jinja_env, lambda: str(get_locale() or "en"), gettext)


def _install_pages(app: Flask) -> None:
    Bootstrap5(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["showable"] = showable
    app.jinja_env.globals.update(RequestPolicy=RequestPolicy, get_locale=get_locale)


def _install_sign_in(app: Flask) -> None:
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(signin.load)


def _declare_library_routes(app: Flask) -> None:
    """The routes that libraries bring: static files."""
    for endpoint in ("static", "bootstrap.static"):
        guards.declare_for(app, endpoint, Guard.PUBLIC)
