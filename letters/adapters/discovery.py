"""Looking whether an OpenID Connect provider is there (OpenID Connect Discovery 1.0)."""

import requests

from letters.openid import OpenId

PATH = "/.well-known/openid-configuration"
LONGEST_WAIT = 10.0
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


def problem_with(provider: OpenId) -> str | None:
    """Return what is wrong with the provider, in a sentence; None when it can be used."""
    try:
        answer = requests.get(provider.issuer + PATH, timeout=LONGEST_WAIT)
        answer.raise_for_status()
        said = answer.json()
    except requests.RequestException as error:
        return f"the provider {provider.issuer} does not answer: {type(error).__name__}"
    if not isinstance(said, dict) or any(not said.get(name) for name in NEEDED):
        return f"what answers at {provider.issuer} is no OpenID Connect provider"
    if str(said.get("issuer", "")).rstrip("/") != provider.issuer:
        return f"the provider at {provider.issuer} says that it is {said.get('issuer')}"
    return None
