"""The settings: all from the environment, checked all at once, frozen."""

import base64
import binascii
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import getaddresses
from pathlib import Path

from dotenv import dotenv_values

from letters.domain.pacing import UNLIMITED, Rates
from letters.mail_limits import (
    DEFAULT_LATE_MINUTES,
    read_late_after,
    read_metrics_token,
    read_rates,
)
from letters.mail_server import read_mail_url
from letters.openid import OpenId, read_mailed_links, read_openid
from letters.setting_names import (
    BASE_URL,
    BOUNCE_ADDRESS,
    CLAMD_URL,
    DATABASE_URL,
    MAIL_FROM,
    PROXIES,
    SECRET_KEYS,
    STORE_KEYS,
    STORE_URL,
    check_names,
)
from letters.urls import (
    check_database,
    check_encrypted,
    check_folder,
    read_base_url,
    split_url,
)

SHORTEST_SECRET = 32
STORE_KEY_BYTES = 32
MOST_PROXIES = 9
LONGEST_BOUNCE_LOCAL = 15
"""With the tag that is added the local part has 64 characters (RFC 5321, section 4.5.3.1.1)."""

DEFAULT_DATABASE_URL = "sqlite:///instance/letters.db"
DEFAULT_STORE_URL = "file:instance/letters"
DEFAULT_MAIL_FROM = "Letters <letters@localhost>"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"

S3_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
S3_ACCESS = (
    *S3_ENDPOINTS,
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_LINE_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BOUNCE_ADDRESS = re.compile(
    rf"(?=[^@]{{1,{LONGEST_BOUNCE_LOCAL}}}@)[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*"
    r"@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
)
_S3_URL = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")


class SettingsError(Exception):
    """Settings that cannot work. `problems` has one sentence for each, naming the variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What an operator decides. Keys are newest first.

    `proxies` counts the reverse proxies in front whose word is taken for a caller's address.
    `store_access` holds the AWS_* variables with which an `s3:` store is reached. `clamd_url` is
    empty where nothing scans for viruses, `bounce_address` where mails that come back are not
    taken. `openid` is the provider at which coordinators sign in, if there is one; with
    `mailed_links` off it is the only way. `rates` bounds how many mails go out; one that is due for
    longer than `late_after` makes the service not ready (None: never). Who shows `metrics_token`
    may read the metrics; nobody where it is empty. `demo` is never read from the environment: only
    `letters demo` sets it.
    """

    secret_keys: tuple[str, ...]
    database_url: str
    store_url: str
    store_keys: tuple[str, ...]
    mail_url: str
    mail_from: str
    base_url: str
    proxies: int = 0
    demo: bool = False
    store_access: Mapping[str, str] = field(default_factory=dict, repr=False, hash=False)
    clamd_url: str = ""
    openid: OpenId | None = None
    mailed_links: bool = True
    bounce_address: str = ""
    rates: Rates = UNLIMITED
    late_after: timedelta | None = timedelta(minutes=DEFAULT_LATE_MINUTES)
    metrics_token: str = field(default="", repr=False)

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, demo: bool = False
    ) -> "Settings":
        """Read the settings from `environ`, or from `.env` and the process's environment.

        Raises SettingsError with every problem at once.
        """
        given = _environment() if environ is None else environ
        problems: list[str] = []
        check_names(given, problems)
        openid = read_openid(given, problems)
        settings = cls(
            secret_keys=_secret_keys(given, problems),
            database_url=_database_url(given, problems),
            store_url=_store_url(given, problems),
            store_keys=_store_keys(given, problems),
            mail_url=read_mail_url(given, problems),
            mail_from=_mail_from(given, problems),
            base_url=read_base_url(BASE_URL, given.get(BASE_URL) or DEFAULT_BASE_URL, problems),
            proxies=_proxies(given, problems),
            demo=demo,
            store_access=_store_access(given, problems),
            clamd_url=_clamd_url(given, problems),
            openid=openid,
            mailed_links=read_mailed_links(given, openid, problems),
            bounce_address=_bounce_address(given, problems),
            rates=read_rates(given, problems),
            late_after=read_late_after(given, problems),
            metrics_token=read_metrics_token(given, problems),
        )
        if problems:
            raise SettingsError(problems)
        return settings

    @property
    def is_https(self) -> bool:
        """Whether pages are reached over TLS."""
        return self.base_url.startswith("https://")


def database_url_from_env(environ: Mapping[str, str] | None = None) -> str:
    """Read only where the database is, for what needs nothing else (migrations).

    Raises SettingsError, also for a name that is no setting: it may be a misspelt one.
    """
    given = _environment() if environ is None else environ
    problems: list[str] = []
    check_names(given, problems)
    url = _database_url(given, problems)
    if problems:
        raise SettingsError(problems)
    return url


def _environment() -> Mapping[str, str]:
    """The process's environment over the `.env` file of the present folder, if there is one.

    Raises SettingsError.
    """
    try:
        from_file = dotenv_values(Path(".env"))
    except UnicodeDecodeError:
        raise SettingsError([".env: is not in UTF-8; save it as UTF-8."]) from None
    return {**{k: v for k, v in from_file.items() if v is not None}, **os.environ}


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _secret_keys(given: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    keys = _list(given.get(SECRET_KEYS, ""))
    if not keys:
        problems.append(
            f"{SECRET_KEYS}: is required: one or more random keys of at least {SHORTEST_SECRET} "
            "characters, comma-separated, newest first."
        )
    if any(len(key) < SHORTEST_SECRET for key in keys):
        problems.append(f"{SECRET_KEYS}: each key needs at least {SHORTEST_SECRET} characters.")
    return keys


def _store_keys(given: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    keys = _list(given.get(STORE_KEYS, ""))
    if not keys:
        problems.append(f"{STORE_KEYS}: is required; `letters keys new` prints a key.")
    if not all(_is_store_key(key) for key in keys):
        problems.append(
            f"{STORE_KEYS}: each key is {STORE_KEY_BYTES} random bytes in URL-safe base64; "
            "`letters keys new` prints one."
        )
    return keys


def _is_store_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == STORE_KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _database_url(given: Mapping[str, str], problems: list[str]) -> str:
    url = given.get(DATABASE_URL) or DEFAULT_DATABASE_URL
    check_database(DATABASE_URL, url, problems)
    return url


def _store_url(given: Mapping[str, str], problems: list[str]) -> str:
    url = given.get(STORE_URL) or DEFAULT_STORE_URL
    if url.startswith("file:"):
        check_folder(STORE_URL, url, problems)
    elif not _S3_URL.fullmatch(url):
        problems.append(f"{STORE_URL}: use file:FOLDER or s3://BUCKET/PREFIX.")
    return url


def _store_access(given: Mapping[str, str], problems: list[str]) -> Mapping[str, str]:
    if not given.get(STORE_URL, "").startswith("s3:"):
        return {}
    for name in S3_ENDPOINTS:
        if given.get(name):
            _check_endpoint(name, given[name], problems)
    return {name: given[name] for name in S3_ACCESS if given.get(name)}


def _check_endpoint(name: str, url: str, problems: list[str]) -> None:
    parts = split_url(name, url, problems)
    if parts is None:
        return
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problems.append(f"{name}: use https://HOST, where the S3 service answers.")
        return
    check_encrypted(name, parts, problems)


def _clamd_url(given: Mapping[str, str], problems: list[str]) -> str:
    url = given.get(CLAMD_URL, "")
    parts = split_url(CLAMD_URL, url, problems)
    if not url or parts is None:
        return url
    is_socket = parts.scheme == "unix" and not parts.netloc and parts.path.startswith("/")
    is_server = parts.scheme == "tcp" and parts.hostname and parts.path in {"", "/"}
    if not is_socket and not is_server:
        problems.append(f"{CLAMD_URL}: use tcp://HOST:PORT or unix:/PATH.")
    return url


def _mail_from(given: Mapping[str, str], problems: list[str]) -> str:
    sender = given.get(MAIL_FROM) or DEFAULT_MAIL_FROM
    mailboxes = getaddresses([sender])
    is_one = len(mailboxes) == 1 and _ADDRESS.fullmatch(mailboxes[0][1])
    if not is_one or any(unicodedata.category(c) in _LINE_BREAKING for c in sender):
        problems.append(f"{MAIL_FROM}: use an address such as Letters <letters@example.org>.")
    return sender


def _bounce_address(given: Mapping[str, str], problems: list[str]) -> str:
    address = given.get(BOUNCE_ADDRESS, "")
    if address and not _BOUNCE_ADDRESS.fullmatch(address):
        problems.append(
            f"{BOUNCE_ADDRESS}: use an address such as bounces@letters.example.org, with at most "
            f"{LONGEST_BOUNCE_LOCAL} letters, digits, dots, - or _ before the @."
        )
    return address


def _proxies(given: Mapping[str, str], problems: list[str]) -> int:
    number = given.get(PROXIES) or "0"
    if not (number.isascii() and number.isdigit() and int(number) <= MOST_PROXIES):
        problems.append(f"{PROXIES}: say how many reverse proxies stand in front, 0 to 9.")
        return 0
    return int(number)
