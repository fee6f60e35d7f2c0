"""The addresses among the settings: what can be reached there, and what cannot be meant."""

import base64

import pytest

from letters.records import Database
from letters.settings import Settings, SettingsError

ENOUGH = {
    "LETTERS_SECRET_KEYS": "a-secret-key-that-has-at-least-32-characters",
    "LETTERS_STORE_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode("ascii"),
}


def settings(**changes: str) -> Settings:
    return Settings.from_env({**ENOUGH, **changes})


def problems(**changes: str) -> list[str]:
    try:
        settings(**changes)
    except SettingsError as error:
        return error.problems
    return []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("LETTERS_DATABASE_URL", "letters.db"),
        ("LETTERS_DATABASE_URL", "oracle://localhost/letters"),
        ("LETTERS_DATABASE_URL", "sqlite:letters.db"),
        ("LETTERS_DATABASE_URL", "sqlite://letters.db"),
        ("LETTERS_DATABASE_URL", "sqlite:///"),
        ("LETTERS_DATABASE_URL", "sqlite:///:memory:"),
        ("LETTERS_DATABASE_URL", "sqlite+aiosqlite:///letters.db"),
        ("LETTERS_DATABASE_URL", "sqlite:///letters.db?timeout=long"),
        ("LETTERS_DATABASE_URL", "postgresql:letters"),
        ("LETTERS_DATABASE_URL", "postgresql+psycopg2://localhost/letters"),
        ("LETTERS_DATABASE_URL", "postgresql://localhost:port/letters"),
        ("LETTERS_DATABASE_URL", "postgresql://[::1/letters"),
        ("LETTERS_DATABASE_URL", "postgresql://letters:a@b@localhost/letters"),
        ("LETTERS_STORE_URL", "instance/letters"),
        ("LETTERS_STORE_URL", "file:"),
        ("LETTERS_STORE_URL", "file:///"),
        ("LETTERS_STORE_URL", "file://host/folder"),
        ("LETTERS_STORE_URL", "file://localhost/folder"),
        ("LETTERS_STORE_URL", "s3://"),
        ("LETTERS_STORE_URL", "s3://ab"),
        ("LETTERS_STORE_URL", "s3:///prefix"),
        ("LETTERS_STORE_URL", "s3://Bucket/prefix"),
        ("LETTERS_STORE_URL", "s3://bucket/a/../b"),
        ("LETTERS_STORE_URL", "s3://bucket//prefix"),
        ("LETTERS_STORE_URL", "s3://key:secret@bucket/prefix"),
        ("LETTERS_STORE_URL", "s3://bucket/prefix?region=eu-west-1"),
        ("LETTERS_MAIL_URL", "instance/mail"),
        ("LETTERS_MAIL_URL", "file:"),
        ("LETTERS_MAIL_URL", "file:///"),
        ("LETTERS_MAIL_URL", "file://mail.example.org/folder"),
        ("LETTERS_MAIL_URL", "smtp:///no-host"),
        ("LETTERS_MAIL_URL", "smtp://mail.example.org:port"),
        ("LETTERS_MAIL_URL", "smtp://mail.example.org:99999"),
        ("LETTERS_MAIL_URL", "smtp://mail.example.org?tls=perhaps"),
        ("LETTERS_MAIL_URL", "smtp://mail.example.org?ca=/nowhere/authority.pem"),
        ("LETTERS_MAIL_URL", "smtps://mail.example.org?tls=starttls"),
        ("LETTERS_MAIL_URL", "smtp://letters@mail.example.org"),
        ("LETTERS_MAIL_URL", "smtp://letters:secret@mail.example.org?tls=none"),
        ("LETTERS_MAIL_FROM", "Letters"),
        ("LETTERS_MAIL_FROM", "Letters <letters>"),
        ("LETTERS_MAIL_FROM", "Letters <@example.org>"),
        ("LETTERS_MAIL_FROM", "Letters\n <letters@example.org>"),
        ("LETTERS_MAIL_FROM", "Letters\u2028 <letters@example.org>"),
        ("LETTERS_MAIL_FROM", "Letters <letters@bücher.example.org>"),
        ("LETTERS_MAIL_FROM", "Letters <our letters@example.org>"),
        ("LETTERS_MAIL_FROM", "letters@example.org, others@example.org"),
        ("LETTERS_CLAMD_URL", "127.0.0.1:3310"),
        ("LETTERS_CLAMD_URL", "http://127.0.0.1:3310"),
        ("LETTERS_CLAMD_URL", "tcp://"),
        ("LETTERS_CLAMD_URL", "tcp://127.0.0.1:port"),
        ("LETTERS_CLAMD_URL", "tcp://127.0.0.1:3310/scan"),
        ("LETTERS_CLAMD_URL", "unix:clamd.ctl"),
        ("LETTERS_CLAMD_URL", "unix://host/run/clamd.ctl"),
        ("LETTERS_BASE_URL", "letters.example.org"),
        ("LETTERS_BASE_URL", "ftp://letters.example.org"),
        ("LETTERS_BASE_URL", "https://"),
        ("LETTERS_BASE_URL", "https://letters.example.org/path"),
        ("LETTERS_BASE_URL", "https://letters.example.org?query=1"),
        ("LETTERS_BASE_URL", "https://letters.example.org#fragment"),
        ("LETTERS_BASE_URL", "https://user@letters.example.org"),
        ("LETTERS_BASE_URL", "https://letters.example.org:port"),
        ("LETTERS_BASE_URL", "http://[::1"),
        ("LETTERS_BASE_URL", "https://letters example.org"),
        ("LETTERS_BASE_URL", "https://bücher.example.org"),
        ("LETTERS_BASE_URL", "https://letters.example.org\\"),
        ("LETTERS_BASE_URL", "https://-letters.example.org"),
        ("LETTERS_BASE_URL", "https://letters..example.org"),
        ("LETTERS_BASE_URL", "https://letters.example.org#"),
        ("LETTERS_BASE_URL", "https://letters.example.org?"),
        ("LETTERS_BASE_URL", "https://@letters.example.org"),
        ("LETTERS_BASE_URL", "https://letters.example.org:"),
        ("LETTERS_BASE_URL", "https://letters.example.org:0"),
        ("LETTERS_BASE_URL", "https://letters.example.org\n"),
        ("LETTERS_BASE_URL", " https://letters.example.org"),
    ],
)
def test_a_mistake_is_one_sentence_that_names_the_variable(name: str, given: str) -> None:
    (problem,) = problems(**{name: given})
    assert problem.startswith(f"{name}: ")


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////srv/letters.db",
        "sqlite+pysqlite:///letters.db",
        "postgres://localhost",
        "postgresql:///letters?host=/run/postgresql",
        "postgresql+psycopg://letters@[::1]:5432/letters?sslmode=verify-full",
        "postgresql://letters:p%40ss:w#rd?@db.example.org:5432/letters",
    ],
)
def test_databases(url: str) -> None:
    assert problems(LETTERS_DATABASE_URL=url) == []
    assert Database(url).engine.url.database in {None, "letters", "letters.db", "/srv/letters.db"}


def test_what_is_said_of_a_mail_server_holds_no_password() -> None:
    (problem,) = problems(LETTERS_MAIL_URL="smtp://letters:hu#sh@mail.example.org")
    assert problem == (
        "LETTERS_MAIL_URL: nothing but ?tls= and ?ca= may follow host and port; "
        "percent-encode / : @ ? # in user and password."
    )


@pytest.mark.parametrize(
    "base_url",
    [
        "http://127.0.0.1:8000",
        "http://127.3.2.1",
        "http://localhost:5000",
        "http://[::1]:8000",
        "https://letters.example.org",
        "https://xn--bcher-kva.example.org",
        "https://192.0.2.7",
        "https://[2001:db8::1]:8443",
    ],
)
def test_plain_http_is_fine_on_this_machine_and_https_everywhere(base_url: str) -> None:
    assert problems(LETTERS_BASE_URL=base_url) == []


@pytest.mark.parametrize(
    "base_url",
    [
        "http://letters.example.org",
        "http://192.0.2.7:8000",
        "http://0.0.0.0:8000",
        "http://localhost.example.org",
        "http://[2001:db8::1]",
    ],
)
def test_plain_http_to_anywhere_else_is_a_mistake(base_url: str) -> None:
    assert problems(LETTERS_BASE_URL=base_url) == [
        "LETTERS_BASE_URL: plain http is for this machine alone; use https://."
    ]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("HTTPS://Letters.Example.ORG/", "https://letters.example.org"),
        ("https://letters.example.org:8443", "https://letters.example.org:8443"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(given: str, meant: str) -> None:
    found = settings(LETTERS_BASE_URL=given)
    assert (found.base_url, found.is_https) == (meant, True)


# --- the bucket -------------------------------------------------------------------------------

IN_A_BUCKET = {
    "LETTERS_STORE_URL": "s3://letters-2026/alpine/summer",
    "AWS_ENDPOINT_URL": "https://s3.example.org",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "hush-hush",
}


def test_a_bucket_is_reached_with_the_usual_variables() -> None:
    found = settings(**IN_A_BUCKET, AWS_PROFILE="other", AWS_SESSION_TOKEN="")
    assert found.store_url == IN_A_BUCKET["LETTERS_STORE_URL"]
    assert found.store_access == {k: v for k, v in IN_A_BUCKET.items() if k.startswith("AWS_")}
    assert "hush" not in repr(found)


def test_a_folder_needs_none_of_them() -> None:
    given = {**IN_A_BUCKET, "LETTERS_STORE_URL": "file:letters", "AWS_ENDPOINT_URL": "nonsense"}
    assert settings(**given).store_access == {}


@pytest.mark.parametrize("url", ["s3://letters", "s3://letters/", "s3://my.letters/a_b/c-d/e.f/"])
def test_buckets_and_prefixes(url: str) -> None:
    assert problems(LETTERS_STORE_URL=url) == []


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"])
def test_the_bucket_is_spoken_to_in_the_clear_on_this_machine_alone(
    name: str, subtests: pytest.Subtests
) -> None:
    for endpoint, problem in (
        ("http://127.0.0.1:9000", None),
        ("https://s3.example.org", None),
        ("http://s3.example.org", "plain http is for this machine alone; use https://."),
        ("s3.example.org", "use https://HOST, where the S3 service answers."),
        ("ftp://s3.example.org", "use https://HOST, where the S3 service answers."),
        ("https://s3.example.org:port", "not a URL."),
    ):
        with subtests.test(endpoint):
            expected = [f"{name}: {problem}"] if problem else []
            assert problems(**{**IN_A_BUCKET, "AWS_ENDPOINT_URL": "", name: endpoint}) == expected


# --- the virus scanner ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url", ["", "tcp://127.0.0.1:3310", "tcp://clamd.internal", "unix:/run/clamav/clamd.ctl"]
)
def test_a_virus_scanner_is_a_server_or_a_socket_or_none(url: str) -> None:
    assert settings(LETTERS_CLAMD_URL=url).clamd_url == url
