"""An OpenID Connect provider on this machine, where people sign in with one click."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus

import requests
from oidc_provider_mock import (  # type: ignore[import-untyped]  # has no annotations
    User,
    run_server_in_thread,
)

from letters.openid import OpenId

NAME = "Alpine Institute"
CORA: dict[str, str | int] = {"email": "cora@alpine.example.org", "email_verified": True}


@dataclass(frozen=True)
class Provider:
    """A running provider."""

    issuer: str

    @property
    def settings(self) -> OpenId:
        """What the service is told of it."""
        return OpenId(self.issuer, "letters", "secret-of-letters", NAME)

    def knows(self, subject: str, claims: Mapping[str, str | int]) -> None:
        """Let somebody have an account, or change what is said of them."""
        address = f"{self.issuer}/users/{subject}"
        answer = requests.put(address, json=dict(claims), timeout=10)
        answer.raise_for_status()

    def agree(self, asked: str, subject: str) -> str:
        """Sign in at the page that `asked` leads to; return where it leads back to."""
        return self._answer(asked, {"sub": subject})

    def deny(self, asked: str) -> str:
        """Cancel there; return where it leads back to."""
        return self._answer(asked, {"action": "deny"})

    def _answer(self, asked: str, form: Mapping[str, str]) -> str:
        answer = requests.post(asked, data=dict(form), allow_redirects=False, timeout=10)
        assert answer.status_code == HTTPStatus.FOUND, answer.text
        return answer.headers["Location"]


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider that knows Cora."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with run_server_in_thread(user_claims=[User(sub="cora", claims=dict(CORA))]) as server:
        yield Provider(f"http://localhost:{server.server_port}")
