"""The settings of signing in by OpenID Connect."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from letters.urls import check_encrypted, split_url

ISSUER = "LETTERS_OIDC_ISSUER"
CLIENT_ID = "LETTERS_OIDC_CLIENT_ID"
CLIENT_SECRET = "LETTERS_OIDC_CLIENT_SECRET"  # noqa: S105 -- the name of a variable
NAME = "LETTERS_OIDC_NAME"
MAILED_LINKS = "LETTERS_MAILED_LINKS"

DEFAULT_NAME = "your organization"


@dataclass(frozen=True)
class OpenId:
    """The provider of an organization, and what we are to it. `name` stands on the button."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = DEFAULT_NAME


def read_openid(given: Mapping[str, str], problems: list[str]) -> OpenId | None:
    """Read the provider, or None when there is none; what is wrong is added to `problems`."""
    needed = (ISSUER, CLIENT_ID, CLIENT_SECRET)
    if not any(given.get(name) for name in needed):
        return None
    missing = [name for name in needed if not given.get(name)]
    problems += [f"{name}: is required to sign in by OpenID Connect." for name in missing]
    if ISSUER not in missing:
        _check_issuer(given[ISSUER], problems)
    if missing:
        return None
    return OpenId(
        issuer=given[ISSUER].rstrip("/"),
        client_id=given[CLIENT_ID],
        client_secret=given[CLIENT_SECRET],
        name=given.get(NAME) or DEFAULT_NAME,
    )


def read_mailed_links(given: Mapping[str, str], openid: OpenId | None, problems: list[str]) -> bool:
    """Read whether coordinators may sign in by mailed links; there has to be one way."""
    said = given.get(MAILED_LINKS) or "on"
    if said not in {"on", "off"}:
        problems.append(f"{MAILED_LINKS}: say on or off.")
    if said == "off" and openid is None:
        problems.append(f"{MAILED_LINKS}: without OpenID Connect nobody could sign in; say on.")
    return said != "off"


def _check_issuer(issuer: str, problems: list[str]) -> None:
    parts = split_url(ISSUER, issuer, problems)
    if parts is None:
        return
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        problems.append(f"{ISSUER}: use the issuer's address, such as https://login.example.org.")
        return
    check_encrypted(ISSUER, parts, problems)
