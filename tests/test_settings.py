"""Settings come from the environment; all that is wrong with them is said at once."""

import base64
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from letters.settings import Settings, SettingsError, database_url_from_env

SECRET = "a-secret-key-that-has-at-least-32-characters"
OLDER_SECRET = "an-older-secret-key-of-at-least-32-characters"
STORE_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode("ascii")
OLDER_STORE_KEY = base64.urlsafe_b64encode(bytes([255] * 32)).decode("ascii")
SECRET_REQUIRED = (
    "LETTERS_SECRET_KEYS: is required: one or more random keys of at least 32 characters, "
    "comma-separated, newest first."
)
STORE_KEY_FORM = (
    "LETTERS_STORE_KEYS: each key is 32 random bytes in URL-safe base64; "
    "`letters keys new` prints one."
)
DATABASE_FORM = (
    "LETTERS_DATABASE_URL: use sqlite:///FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME."
)
BOUNCE_FORM = (
    "LETTERS_BOUNCE_ADDRESS: use an address such as bounces@letters.example.org, with at most "
    "15 letters, digits, dots, - or _ before the @."
)
ENOUGH = {"LETTERS_SECRET_KEYS": SECRET, "LETTERS_STORE_KEYS": STORE_KEY}


def settings(**changes: str) -> Settings:
    return Settings.from_env({**ENOUGH, **changes})


def problems(**changes: str) -> list[str]:
    """Return what is wrong with settings that are fine but for some changes."""
    try:
        settings(**changes)
    except SettingsError as error:
        return error.problems
    return []


# --- what is read -----------------------------------------------------------------------------


def test_only_the_keys_have_to_be_given() -> None:
    assert Settings.from_env(ENOUGH) == Settings(
        secret_keys=(SECRET,),
        database_url="sqlite:///instance/letters.db",
        store_url="file:instance/letters",
        store_keys=(STORE_KEY,),
        mail_url="file:instance/mail",
        mail_from="Letters <letters@localhost>",
        base_url="http://127.0.0.1:8000",
        proxies=0,
        demo=False,
    )


def test_each_setting_is_read_from_its_variable() -> None:
    given = {
        "LETTERS_SECRET_KEYS": f"{SECRET}, {OLDER_SECRET},",
        "LETTERS_DATABASE_URL": "postgresql://letters@db.example.org/letters",
        "LETTERS_STORE_URL": "file:///srv/letters",
        "LETTERS_STORE_KEYS": f" {STORE_KEY} ,{OLDER_STORE_KEY}",
        "LETTERS_MAIL_URL": "smtps://user:secret@mail.example.org:465",
        "LETTERS_MAIL_FROM": "Admissions <admissions@example.org>",
        "LETTERS_BASE_URL": "https://letters.example.org/",
        "LETTERS_PROXIES": "2",
        "LETTERS_BOUNCE_ADDRESS": "bounces@letters.example.org",
    }
    assert Settings.from_env(given) == Settings(
        secret_keys=(SECRET, OLDER_SECRET),
        database_url="postgresql://letters@db.example.org/letters",
        store_url="file:///srv/letters",
        store_keys=(STORE_KEY, OLDER_STORE_KEY),
        mail_url="smtps://user:secret@mail.example.org:465",
        mail_from="Admissions <admissions@example.org>",
        base_url="https://letters.example.org",
        proxies=2,
        bounce_address="bounces@letters.example.org",
    )


def test_an_empty_variable_counts_as_not_given() -> None:
    names = ("DATABASE_URL", "STORE_URL", "MAIL_URL", "MAIL_FROM", "BASE_URL", "PROXIES")
    assert settings(**{f"LETTERS_{name}": "" for name in names}) == settings()


@pytest.mark.parametrize("demo", [False, True])
def test_only_the_caller_says_that_it_is_a_demo(demo: bool) -> None:
    assert Settings.from_env(ENOUGH, demo=demo).demo is demo
    with pytest.raises(SettingsError, match="LETTERS_DEMO is not a setting"):
        Settings.from_env({**ENOUGH, "LETTERS_DEMO": "1"}, demo=demo)


def test_settings_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        settings().demo = True  # type: ignore[misc]  # that is what must fail


@pytest.mark.parametrize(
    ("base_url", "is_https"),
    [("http://127.0.0.1:8000", False), ("https://letters.example.org", True)],
)
def test_the_base_url_says_whether_pages_are_reached_over_tls(
    base_url: str, is_https: bool
) -> None:
    assert settings(LETTERS_BASE_URL=base_url).is_https is is_https


# --- what is wrong ----------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(
            {
                "LETTERS_SECRET_KEYS": "short",
                "LETTERS_DATABASE_URL": "mysql://localhost/letters",
                "LETTERS_STORE_URL": "s3://BUCKET",
                "AWS_ENDPOINT_URL": "http://s3.example.org",
                "LETTERS_STORE_KEYS": "short",
                "LETTERS_MAIL_URL": "imap://localhost",
                "LETTERS_MAIL_FROM": "nobody",
                "LETTERS_BASE_URL": "http://letters.example.org/base",
                "LETTERS_BOUNCE_ADDRESS": "bounces",
            }
        )
    assert refused.value.problems == [
        "LETTERS_SECRET_KEYS: each key needs at least 32 characters.",
        DATABASE_FORM,
        "LETTERS_STORE_URL: use file:FOLDER or s3://BUCKET/PREFIX.",
        STORE_KEY_FORM,
        "LETTERS_MAIL_URL: use file:FOLDER, smtp://HOST:PORT or smtps://HOST:PORT.",
        "LETTERS_MAIL_FROM: use an address such as Letters <letters@example.org>.",
        "LETTERS_BASE_URL: give scheme, host and port only.",
        "LETTERS_BASE_URL: plain http is for this machine alone; use https://.",
        "AWS_ENDPOINT_URL: plain http is for this machine alone; use https://.",
        BOUNCE_FORM,
    ]
    assert str(refused.value) == "\n".join(refused.value.problems)


def test_without_keys_nothing_begins() -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_env({})
    assert refused.value.problems == [
        SECRET_REQUIRED,
        "LETTERS_STORE_KEYS: is required; `letters keys new` prints a key.",
    ]


@pytest.mark.parametrize("given", ["-1", "10", "all", "1.5", "\u0662", "127.0.0.1"])
def test_proxies_are_counted(given: str) -> None:
    assert problems(LETTERS_PROXIES=given) == [
        "LETTERS_PROXIES: say how many reverse proxies stand in front, 0 to 9."
    ]


@pytest.mark.parametrize(
    "given",
    [
        "bounces@",
        "@letters.example.org",
        "bounces+more@letters.example.org",
        "Bounces <bounces@letters.example.org>",
        "bounces-of-letters@letters.example.org",
        "boun..ces@letters.example.org",
        "bounces@letters..example.org",
        "bounces@letters.example.org\n",
        "boünces@letters.example.org",
    ],
)
def test_to_what_takes_bounces_a_tag_can_be_added(given: str) -> None:
    assert problems(LETTERS_BOUNCE_ADDRESS=given) == [BOUNCE_FORM]


@pytest.mark.parametrize("given", [",", " , ,", "", "x" * 31, f"{SECRET},short", f"short,{SECRET}"])
def test_one_bad_secret_key_is_enough(given: str) -> None:
    (problem,) = problems(LETTERS_SECRET_KEYS=given)
    assert problem.startswith("LETTERS_SECRET_KEYS: ")


@pytest.mark.parametrize(
    "given",
    [
        "",
        "not base64 at all!",
        base64.urlsafe_b64encode(bytes(31)).decode("ascii"),
        base64.urlsafe_b64encode(bytes(33)).decode("ascii"),
        STORE_KEY.rstrip("="),
        STORE_KEY + "ü",
        f"{STORE_KEY},short",
    ],
)
def test_one_bad_store_key_is_enough(given: str) -> None:
    (problem,) = problems(LETTERS_STORE_KEYS=given)
    assert problem.startswith("LETTERS_STORE_KEYS: ")


def test_what_is_said_holds_no_key() -> None:
    given = {"LETTERS_SECRET_KEYS": "hush-hush", "LETTERS_STORE_KEYS": "hush-hush"}
    with pytest.raises(SettingsError) as refused:
        Settings.from_env(given)
    assert "hush" not in str(refused.value)


# --- where it comes from ----------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, and an environment that says nothing of ours."""
    monkeypatch.chdir(tmp_path)
    for name in ("SECRET_KEYS", "STORE_KEYS", "DATABASE_URL", "MAIL_FROM", "BASE_URL"):
        monkeypatch.delenv(f"LETTERS_{name}", raising=False)
    return tmp_path


def write_env(folder: Path, *lines: str) -> None:
    (folder / ".env").write_text("\n".join(lines))


def test_a_file_called_env_is_read(folder: Path) -> None:
    write_env(
        folder,
        "# keys",
        f"LETTERS_SECRET_KEYS={SECRET}",
        f'LETTERS_STORE_KEYS="{STORE_KEY}"',
        "LETTERS_MAIL_FROM='Admissions <admissions@example.org>'",
        "LETTERS_BASE_URL",
    )
    found = Settings.from_env()
    assert found == settings(LETTERS_MAIL_FROM="Admissions <admissions@example.org>")


def test_a_file_in_another_encoding_is_said(folder: Path) -> None:
    (folder / ".env").write_bytes("LETTERS_MAIL_FROM=Bücher <a@example.org>".encode("latin-1"))
    with pytest.raises(SettingsError) as refused:
        Settings.from_env()
    assert refused.value.problems == [".env: is not in UTF-8; save it as UTF-8."]


def test_the_environment_of_the_process_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_env(folder, f"LETTERS_SECRET_KEYS={OLDER_SECRET}", f"LETTERS_STORE_KEYS={STORE_KEY}")
    monkeypatch.setenv("LETTERS_SECRET_KEYS", SECRET)
    found = Settings.from_env()
    assert (found.secret_keys, found.store_keys) == ((SECRET,), (STORE_KEY,))


def test_no_such_file_is_no_mistake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(folder.iterdir()) == []
    for name, value in ENOUGH.items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env() == settings()


def test_settings_that_are_handed_over_are_all_there_is(folder: Path) -> None:
    write_env(folder, f"LETTERS_SECRET_KEYS={SECRET}", f"LETTERS_STORE_KEYS={STORE_KEY}")
    with pytest.raises(SettingsError):
        Settings.from_env({})


def test_the_database_alone_needs_no_keys(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert database_url_from_env() == "sqlite:///instance/letters.db"
    write_env(folder, "LETTERS_DATABASE_URL=sqlite:///other.db")
    assert database_url_from_env() == "sqlite:///other.db"
    monkeypatch.setenv("LETTERS_DATABASE_URL", "postgresql:///letters")
    assert database_url_from_env() == "postgresql:///letters"
    assert database_url_from_env({}) == "sqlite:///instance/letters.db"


def test_a_wrong_database_is_said_there_too() -> None:
    with pytest.raises(SettingsError) as refused:
        database_url_from_env({"LETTERS_DATABASE_URL": "letters.db"})
    assert refused.value.problems == [DATABASE_FORM]
