"""`letters purge`: letters that have been kept long enough."""

import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.domain.keeping import Keeping
from letters.house import House
from letters.services import erasure_lists, retaining
from letters.services.retaining import DueLetter, Foreseen, Purged


@click.command("purge")
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and change nothing.")
@json_option
def command(*, dry_run: bool, as_json: bool) -> None:
    """Delete letters that have been kept long enough.

    Those of which the closing date (with extension and grace) was more than the program's
    `kept_days` ago, which were listed for the program's managers a week before, and on which no
    legal hold stands. What is not listed yet is listed now. They cannot be brought back. It may run
    beside the service, be stopped, and be run again; the worker does it too, every day. Exits with
    1 if a file could not be removed.
    """
    with open_house() as house:
        if dry_run:
            _foretell(_foreseen(house), as_json=as_json)
            return
        erasure_lists.make_lists(house.works, OPERATOR)
        purged = _purge(house)
        left = [] if as_json else _foreseen(house)
    if as_json:
        print_json(asdict(purged))
    else:
        _tell(purged, left)
    if purged.files_left:
        raise click.exceptions.Exit(1)


def _purge(house: House) -> Purged:
    """Purge, with a progress bar on the terminal if there is one."""
    with click.progressbar(
        length=retaining.count(house.works, OPERATOR),
        label="Deleting",
        file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:
        return retaining.purge(house.works, OPERATOR, bar.update)


def _foreseen(house: House) -> Sequence[Foreseen]:
    with house.works.look(OPERATOR) as work:
        return retaining.foresee(work)


def _tell(purged: Purged, left: Sequence[Foreseen]) -> None:
    click.echo(f"Deleted for good: {purged.letters} letters.")
    for program in left:
        _say(program, Keeping.HELD, "kept by a legal hold")
        _say(program, Keeping.UNLISTED, "wait until the list of them was out for a week")
    if purged.files_left:
        click.echo(
            f"Files that could not be removed: {purged.files_left}. They cannot be read any more; "
            "`letters sweep` removes them.",
            err=True,
        )


# --- a dry run --------------------------------------------------------------------------------


def _foretell(foreseen: Sequence[Foreseen], *, as_json: bool) -> None:
    if as_json:
        print_json({"programs": [_facts_of(program) for program in foreseen]})
        return
    total = sum(program.number(Keeping.OVER) for program in foreseen)
    click.echo(f"Would be deleted now: {total} letters. Nothing was changed.")
    for program in foreseen:
        _say(program, Keeping.OVER, "would be deleted")
        _say(program, Keeping.HELD, "kept by a legal hold")
        _say(program, Keeping.UNLISTED, "wait until the list of them was out for a week")


def _say(program: Foreseen, keeping: Keeping, words: str) -> None:
    if number := program.number(keeping):
        click.echo(f"  {program.slug}: {number} {words}")


def _facts_of(program: Foreseen) -> dict[str, object]:
    return {"program": program.slug, "letters": [_facts_of_letter(x) for x in program.letters]}


def _facts_of_letter(letter: DueLetter) -> dict[str, object]:
    return {
        "letter": str(letter.letter_id),
        "application": str(letter.application_id),
        "applicant": letter.applicant_name,
        "referee": letter.referee_name,
        "version": letter.version,
        "size": letter.size,
        "kept_until": letter.kept_until.isoformat(),
        "state": letter.keeping.value,
    }
