"""A variable that begins as the settings do is one of them, or a mistake."""

import re

import pytest

from letters.resources import PACKAGE
from letters.setting_names import NAMES, check_names
from letters.settings import Settings, SettingsError, database_url_from_env


def said(*names: str) -> list[str]:
    problems: list[str] = []
    check_names(dict.fromkeys(names, "anything"), problems)
    return problems


def test_every_setting_is_known() -> None:
    assert said(*NAMES) == []


def test_the_guide_has_a_row_for_each() -> None:
    guide = (PACKAGE.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| `LETTERS_.+?\|", guide, re.MULTILINE))
    assert sorted(re.findall(r"LETTERS_\w+", rows)) == sorted(NAMES)


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("LETTERS_DATBASE_URL", "LETTERS_DATABASE_URL"),
        ("LETTERS_DATABASE", "LETTERS_DATABASE_URL"),
        ("LETTERS_database_url", "LETTERS_DATABASE_URL"),
        ("LETTERS_SECRET_KEY", "LETTERS_SECRET_KEYS"),
        ("LETTERS_BASEURL", "LETTERS_BASE_URL"),
        ("LETTERS_MAIL_RATE_PER_DOMAINS", "LETTERS_MAIL_RATE_PER_DOMAIN"),
        ("LETTERS_OIDC_SECRET", "LETTERS_OIDC_CLIENT_SECRET"),
    ],
)
def test_a_misspelt_one_is_told_with_the_nearest(misspelt: str, meant: str) -> None:
    assert said(misspelt) == [f"{misspelt} is not a setting. Did you mean {meant}?"]


@pytest.mark.parametrize("name", ["LETTERS_", "LETTERS_QUUX", "LETTERS_DEBUG"])
def test_what_is_like_none_has_to_go(name: str) -> None:
    assert said(name) == [
        f"{name} is not a setting. Remove it, or give it a name that does not begin with LETTERS_."
    ]


def test_other_names_are_not_ours() -> None:
    assert said("PATH", "LETTERSHOP", "letters_database_url", "OLD_LETTERS_BASE_URL") == []


def test_what_a_cluster_says_of_its_services_is_passed_over() -> None:
    assert (
        said(
            "LETTERS_SERVICE_HOST",
            "LETTERS_SERVICE_PORT",
            "LETTERS_SERVICE_PORT_HTTP",
            "LETTERS_PORT",
            "LETTERS_PORT_8000_TCP",
            "LETTERS_PORT_8000_TCP_ADDR",
            "LETTERS_DB_SERVICE_HOST",
            "LETTERS_DB_PORT_5432_TCP_PROTO",
        )
        == []
    )
    assert len(said("LETTERS_PORTS", "LETTERS_SERVICE", "LETTERS_PORT_X_TCP")) == 3


def test_they_are_told_with_everything_else_and_without_their_values() -> None:
    given = {"LETTERS_SECRET_KEY": "hush-hush", "LETTERS_PROXY": "1", "LETTERS_BASE_URL": "nowhere"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(given)
    assert [re.split(r"[: ]", problem)[0] for problem in refused.value.problems] == [
        "LETTERS_PROXY",
        "LETTERS_SECRET_KEY",
        "LETTERS_SECRET_KEYS",
        "LETTERS_STORE_KEYS",
        "LETTERS_BASE_URL",
    ]
    assert "hush" not in str(refused.value)


def test_no_other_database_is_brought_up_to_date_instead() -> None:
    with pytest.raises(SettingsError, match="Did you mean LETTERS_DATABASE_URL"):
        database_url_from_env({"LETTERS_DATBASE_URL": "postgresql:///letters"})
