"""`letters check`: everything that the service needs, every problem at once."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from letters.adapters.binder import scripts_without_fonts
from letters.adapters.discovery import problem_with
from letters.cli.common import NEWER_TABLES, OPERATOR, database_reason, json_option, print_json
from letters.cli.mail_trial import explained, try_mail
from letters.domain.errors import (
    DeliveryDeferred,
    DeliveryRefused,
    ScannerUnavailable,
    StoreUnavailable,
)
from letters.house import House, assemble
from letters.migrating import is_newer, newest_revision, present_revision
from letters.records import Database
from letters.records.database import sqlite_file
from letters.records.database_files import open_to_everybody
from letters.services.administering import any_takes_word
from letters.settings import Settings, SettingsError, database_url_from_env

SENT = (
    "The mail server took a mail to {address}, {message_id}.\n"
    "If it does not arrive, or lands among spam: see “Mail that arrives” in docs/operating.md."
)


@dataclass(frozen=True)
class Trouble:
    """What is wrong with one part of the installation."""

    part: str
    problem: str


@click.command("check")
@click.option(
    "--mail",
    "address",
    metavar="ADDRESS",
    help="Also send a mail to ADDRESS, through the transport that is set.",
)
@json_option
def command(address: str | None, as_json: bool) -> None:
    """Check settings, database, store and mail.

    Also the virus scanner and the OpenID Connect provider, if there is one, and LibreOffice, if a
    program takes Word files.

    Lists every problem, with what to do about mail that does not go, and then exits with 1. A
    database that everybody on this machine may read is a warning, and so are fonts that are
    missing for names on cover sheets. Without --mail it sends nothing. It makes the folders of
    letters and mails where they are missing, and changes nothing else.
    """
    troubles, sent = list(find_troubles()), None
    warnings = list(find_warnings())
    if address is not None and not any(trouble.part == "settings" for trouble in troubles):
        sent = _try_mail(address, troubles)
    if as_json:
        as_data: dict[str, Any] = {"problems": [asdict(trouble) for trouble in troubles]}
        if warnings:
            as_data["warnings"] = [asdict(warning) for warning in warnings]
        print_json(as_data if address is None else {**as_data, "message_id": sent})
    else:
        _tell(troubles, warnings)
        if sent is not None:
            click.echo(SENT.format(address=address, message_id=sent))
    if troubles:
        raise click.exceptions.Exit(1)


def _try_mail(address: str, troubles: list[Trouble]) -> str | None:
    """Return the Message-ID of what was sent; None, and the trouble among the others, if not."""
    house = assemble(Settings.from_env())
    with closing(house.database), closing(house.mailer):
        try:
            return try_mail(house, address, house.works.tools.clock.now())
        except (DeliveryDeferred, DeliveryRefused) as error:
            troubles[:] = [trouble for trouble in troubles if trouble.part != "mail"]
            troubles.append(Trouble("mail", explained(error)))
            return None


def find_troubles() -> Iterator[Trouble]:
    """Look at every part. With wrong settings only the database can be looked at as well."""
    try:
        house = assemble(Settings.from_env())
    except SettingsError as error:
        yield from (Trouble("settings", problem) for problem in error.problems)
        yield from _database_alone()
        return
    with closing(house.database):
        yield from _in_database(house.database)
        yield from _in_store(house)
        yield from _in_mail(house)
        yield from _in_scanner(house)
        yield from _in_converter(house)
        yield from _in_openid(house)


def _database_alone() -> Iterator[Trouble]:
    try:
        database = Database(database_url_from_env())
    except SettingsError:
        return  # the settings' own complaint says it
    with closing(database):
        yield from _in_database(database)


def _in_database(database: Database) -> Iterator[Trouble]:
    missing = _missing_file(database)
    if missing is not None:
        yield Trouble(
            "database",
            f"there is none at {missing}: mend LETTERS_DATABASE_URL, or run `letters db upgrade` "
            "to make one there",
        )
        return
    try:
        present = present_revision(database)
    except DBAPIError as error:
        yield Trouble("database", f"does not answer: {database_reason(error)}")
        return
    newest = newest_revision()
    if is_newer(present):
        yield Trouble("database", NEWER_TABLES.format(present=present, newest=newest))
    elif present != newest:
        yield Trouble(
            "database",
            f"its tables are at version {present or 'none'} and {newest} is needed: "
            "run `letters db upgrade`",
        )


def _missing_file(database: Database) -> Path | None:
    """Return where SQLite's file should be and is not: to open it would make it."""
    path = sqlite_file(database.engine.url)
    return None if path is None or path.exists() else path


def _in_store(house: House) -> Iterator[Trouble]:
    try:
        house.works.tools.store.check()
    except StoreUnavailable as error:
        yield Trouble("store", f"does not keep letters: {error.values.get('reason', error)}")


def _in_mail(house: House) -> Iterator[Trouble]:
    try:
        house.mailer.check()
    except (DeliveryDeferred, DeliveryRefused) as error:
        yield Trouble("mail", explained(error))


def _in_scanner(house: House) -> Iterator[Trouble]:
    if house.examiners.scanner is None:
        return
    try:
        house.examiners.scanner.check()
    except ScannerUnavailable as error:
        yield Trouble("scanner", str(error))


def _in_converter(house: House) -> Iterator[Trouble]:
    if house.examiners.take_word(True) or not _word_is_taken(house):
        return
    yield Trouble(
        "converter",
        "a program takes Word files, and LibreOffice (`soffice`) was not found: install it, "
        "or referees are asked for a PDF",
    )


def _word_is_taken(house: House) -> bool:
    if _missing_file(house.database) is not None:
        return False
    try:
        with house.works.look(OPERATOR) as work:
            return any_takes_word(work)
    except DBAPIError:
        return False  # the database's own complaint says it


def _in_openid(house: House) -> Iterator[Trouble]:
    provider = house.settings.openid
    problem = problem_with(provider) if provider else None
    if problem is not None:
        yield Trouble("sign-in", problem)


def find_warnings() -> Iterator[Trouble]:
    """Look for what the service does without, and not so well."""
    yield from _readable_database()
    languages = scripts_without_fonts()
    if languages:
        yield Trouble(
            "fonts",
            "the cover sheets of packets cannot show names in the scripts of these languages, and "
            f"say so instead: {', '.join(languages)}. On Debian, install fonts-noto-core and "
            "fonts-noto-cjk",
        )


def _readable_database() -> Iterator[Trouble]:
    with suppress(SettingsError, OSError):  # then something else is wrong, and said
        path = sqlite_file(make_url(database_url_from_env()))
        files = " ".join(str(file) for file in open_to_everybody(path)) if path else ""
        if files:
            yield Trouble(
                "database",
                f"every user of this machine can read what it holds: run `chmod 600 {files}`",
            )


def _tell(troubles: list[Trouble], warnings: list[Trouble]) -> None:
    for trouble in (*troubles, *warnings):
        click.echo(f"{trouble.part}: {trouble.problem}", err=True)
    if not troubles:
        click.echo("Settings, database, store and mail are all right.")
