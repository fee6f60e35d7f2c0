"""`letters person`: what is kept about one person, handed to them or erased on request."""

import sys
from pathlib import Path

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.cli.files import write_out
from letters.domain.erasing import Remains
from letters.services import person_erasing, person_exporting, person_parts, persons
from letters.services.person_parts import Outcome, Part

WHY = {
    Remains.HELD: "a legal hold stands",
    Remains.RUNNING: "the application goes on; --withdraw ends it for this person first",
    Remains.LETTER_COUNTS: "the letter counts until the application closes",
    Remains.MAIL_UNDER_WAY: "a mail about it has not left yet; run this again in a while",
    Remains.WORKS_HERE: "works on a program or is an administrator; end that first",
}
STAYS = (
    "What stays: that it happened and when, by ids and without names; status, size and SHA-256 of "
    "letters; mails that were sent, exports that were taken, and backups, until they are deleted."
)


@click.group("person")
def command() -> None:
    """Export or erase what is kept about one person.

    Who is meant is decided by the mailbox of an address, as everywhere. Make sure first that
    whoever asks is that person.
    """


@command.command("export")
@click.argument("email")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.  [default: standard output]",
)
def export(email: str, output: Path | None) -> None:
    """Write all that is kept about a person into one ZIP, for that person.

    person.json has what they gave and what happened; letters that they sent as a referee lie
    beside it. Of letters about them it has nothing.
    """
    if output is None and sys.stdout.isatty():
        message = "A ZIP is nothing for a terminal: give --output FILE, or send it on."
        raise click.UsageError(message)
    with open_house() as house:
        write_out(person_exporting.archive(house.works, OPERATOR, email), output, 0)


@command.command("erase")
@click.argument("email")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and change nothing.")
@click.option("--reason", help="Why; it is kept, and must not name the person.")
@click.option(
    "--withdraw",
    is_flag=True,
    help="Withdraw first what goes on, and decline what is asked of the person.",
)
@json_option
def erase(*, email: str, dry_run: bool, reason: str | None, withdraw: bool, as_json: bool) -> None:
    """Erase what is kept about a person: names, addresses, words, and letters.

    It may be stopped and be run again. Exits with 1 while something remains.
    """
    if not dry_run and not reason:
        message = "Say --reason TEXT; it is kept, without the person's name."
        raise click.UsageError(message)
    with open_house() as house:
        if dry_run:
            with house.works.look(OPERATOR) as work:
                outcome = person_parts.foresee(work, persons.find(work, email))
        else:
            outcome = person_erasing.erase(
                house.works, OPERATOR, email, reason or "", withdraw=withdraw
            )
    if as_json:
        print_json(_facts_of(outcome))
    else:
        _tell(outcome, "Would be erased" if dry_run else "Erased")
    if outcome.remaining or outcome.files_left:
        raise click.exceptions.Exit(1)


def _tell(outcome: Outcome, erased: str) -> None:
    click.echo(f"{erased}: {len(outcome.erased)}.")
    for part in outcome.erased:
        click.echo(f"  {_words_of(part)}")
    if outcome.remaining:
        click.echo(f"Remains for now: {len(outcome.remaining)}.")
    for part in outcome.remaining:
        click.echo(f"  {_words_of(part)}: {WHY[part.remains] if part.remains else ''}")
    if outcome.files_left:
        click.echo(
            f"Files that could not be removed: {outcome.files_left}. They cannot be read any more; "
            "`letters sweep` removes them.",
            err=True,
        )
    click.echo(STAYS)


def _words_of(part: Part) -> str:
    where = f" in {part.program}" if part.program else ""
    with_letters = f", with {part.letters} letters" if part.letters else ""
    return f"{part.what} {part.row_id}{where}{with_letters}"


def _facts_of(outcome: Outcome) -> dict[str, object]:
    return {
        "erased": [_facts_of_part(part) for part in outcome.erased],
        "remaining": [_facts_of_part(part) for part in outcome.remaining],
        "files_left": outcome.files_left,
    }


def _facts_of_part(part: Part) -> dict[str, object]:
    return {
        "what": part.what,
        "id": str(part.row_id),
        "program": part.program,
        "letters": part.letters,
        "remains": part.remains.value if part.remains else None,
    }
