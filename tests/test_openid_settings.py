"""The settings of signing in by OpenID Connect: all there or none, and one way in at least."""

import base64

import pytest

from letters.openid import OpenId
from letters.settings import Settings, SettingsError

ENOUGH = {
    "LETTERS_SECRET_KEYS": "a-secret-key-that-has-at-least-32-characters",
    "LETTERS_STORE_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode("ascii"),
}
PROVIDER = {
    "LETTERS_OIDC_ISSUER": "https://login.example.org/",
    "LETTERS_OIDC_CLIENT_ID": "letters",
    "LETTERS_OIDC_CLIENT_SECRET": "hush-hush",
}


def problems(**changes: str) -> list[str]:
    try:
        Settings.from_env({**ENOUGH, **PROVIDER, **changes})
    except SettingsError as error:
        return error.problems
    return []


def test_without_a_provider_links_are_mailed() -> None:
    settings = Settings.from_env(ENOUGH)
    assert (settings.openid, settings.mailed_links) == (None, True)


def test_a_provider_is_read() -> None:
    settings = Settings.from_env({**ENOUGH, **PROVIDER, "LETTERS_OIDC_NAME": "Alpine Institute"})
    assert settings.openid == OpenId(
        "https://login.example.org", "letters", "hush-hush", "Alpine Institute"
    )
    assert settings.mailed_links
    assert "hush" not in repr(settings)


def test_a_provider_without_a_name_is_the_reader_s_organization() -> None:
    openid = Settings.from_env({**ENOUGH, **PROVIDER}).openid
    assert openid is not None
    assert openid.name == "your organization"


@pytest.mark.parametrize(("said", "expected"), [("", True), ("on", True), ("off", False)])
def test_mailed_links_can_be_switched_off(said: str, expected: bool) -> None:
    given = {**ENOUGH, **PROVIDER, "LETTERS_MAILED_LINKS": said}
    assert Settings.from_env(given).mailed_links is expected


def test_there_has_to_be_one_way_in() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({**ENOUGH, "LETTERS_MAILED_LINKS": "off"})
    assert refused.value.problems == [
        "LETTERS_MAILED_LINKS: without OpenID Connect nobody could sign in; say on."
    ]


@pytest.mark.parametrize("missing", list(PROVIDER))
def test_half_a_provider_is_none(missing: str) -> None:
    assert problems(**{missing: ""}) == [f"{missing}: is required to sign in by OpenID Connect."]


@pytest.mark.parametrize(
    ("issuer", "wrong"),
    [
        ("login.example.org", "use the issuer's address, such as https://login.example.org."),
        ("https://", "use the issuer's address, such as https://login.example.org."),
        ("https://x.org/?a=b", "use the issuer's address, such as https://login.example.org."),
        ("https://x.org:port", "not a URL."),
        ("http://login.example.org", "plain http is for this machine alone; use https://."),
    ],
)
def test_an_issuer_that_cannot_be_one_is_said(issuer: str, wrong: str) -> None:
    assert problems(LETTERS_OIDC_ISSUER=issuer) == [f"LETTERS_OIDC_ISSUER: {wrong}"]


def test_an_issuer_on_this_machine_needs_no_tls() -> None:
    assert problems(LETTERS_OIDC_ISSUER="http://localhost:9400") == []


def test_on_and_off_are_all_that_can_be_said() -> None:
    assert problems(LETTERS_MAILED_LINKS="no") == ["LETTERS_MAILED_LINKS: say on or off."]
