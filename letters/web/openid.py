"""Signing in at an organization's own provider, by OpenID Connect (Core 1.0, code flow with PKCE).

Authlib does the protocol: state, nonce, code challenge, and the checks of the ID token.
"""

from typing import Any

from authlib.common.errors import (  # type: ignore[import-untyped]  # has no annotations
    AuthlibBaseError,
)
from authlib.integrations.flask_client import (  # type: ignore[import-untyped]  # likewise
    OAuth,
)
from flask import Blueprint, Flask, current_app, url_for
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from letters.adapters.discovery import LONGEST_WAIT, PATH
from letters.domain.errors import OpenIdFailed, OpenIdUnavailable
from letters.openid import OpenId
from letters.services import openid
from letters.services.openid import Identity
from letters.web import limits
from letters.web.guards import Guard, guarded
from letters.web.limits import limiter
from letters.web.signin import begin, here
from letters.web.state import SYSTEM, house

bp = Blueprint("openid", __name__, url_prefix="/coordinate/sign-in/openid")

KEY = "letters.openid"


def install(app: Flask, provider: OpenId) -> None:
    """Let coordinators sign in at this provider."""
    oauth = OAuth(app)
    app.extensions[KEY] = oauth.register(
        "openid",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.issuer + PATH,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": LONGEST_WAIT,
        },
    )
    app.register_blueprint(bp)


@bp.get("")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
def there() -> ResponseReturnValue:
    """Lead to the provider; what is to be proved on the way back stands in the cookie."""
    back_url = house().settings.base_url + url_for(".back")
    try:
        answer: ResponseReturnValue = _client().authorize_redirect(back_url)
    except (RequestException, ValueError, RuntimeError, KeyError) as error:
        raise OpenIdUnavailable(name=_provider().name) from error
    return answer


@bp.get("/back")
@guarded(Guard.PUBLIC)
@limiter.limit(limits.SIGN_INS_PER_CALLER)
def back() -> ResponseReturnValue:
    """Sign in whoever the provider sent back.

    A GET that changes something, as the standard has it: only the browser that went there can come
    back, and only once.
    """
    identity = _identity()
    with house().works.change(SYSTEM) as work:
        begun = openid.sign_in(work, identity, here())
    return begin(begun)


def _identity() -> Identity:
    provider = _provider()
    try:
        claims = _claims(provider)
    except (AuthlibBaseError, JoseError) as error:
        raise OpenIdFailed(name=provider.name) from error
    except (RequestException, ValueError, RuntimeError, KeyError) as error:
        raise OpenIdUnavailable(name=provider.name) from error
    is_verified = claims.get("email_verified") is True
    email = claims.get("email")
    return Identity(
        name=provider.name,
        issuer=provider.issuer,
        subject=str(claims["sub"]),
        email=str(email) if is_verified and email else None,
    )


def _claims(provider: OpenId) -> dict[str, Any]:
    """Return what the provider says, from the ID token or, with the same subject, asked for."""
    expected = {"iss": {"essential": True, "values": [provider.issuer, provider.issuer + "/"]}}
    token = _client().authorize_access_token(claims_options=expected)
    if "userinfo" not in token:
        raise OpenIdFailed(name=provider.name)
    claims = dict(token["userinfo"])
    if "email" in claims:
        return claims
    asked = dict(_client().userinfo(token=token))
    if asked.get("sub") != claims["sub"]:
        raise OpenIdFailed(name=provider.name)
    return {**asked, **claims}


def _provider() -> OpenId:
    provider = house().settings.openid
    if provider is None:
        message = "the pages of OpenID Connect need a provider"
        raise RuntimeError(message)
    return provider


def _client() -> Any:  # noqa: ANN401 -- Authlib has no annotations
    return current_app.extensions[KEY]
