"""`letters hold`: what must not be deleted, for a legal reason."""

from uuid import UUID

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.domain.errors import UnknownApplication
from letters.records import Application, Hold, Program
from letters.services import finding, holding
from letters.services.work import Work

application_option = click.option(
    "--application",
    "application_id",
    metavar="ID",
    type=click.UUID,
    help="One application of it alone.",
)
reason_option = click.option("--reason", required=True, help="Why; it is kept with the hold.")


@click.group("hold")
def command() -> None:
    """Keep from being deleted what the law asks for.

    While a legal hold stands on a program, or on one application, nothing of it is deleted.
    """


@command.command("set")
@click.argument("program", metavar="PROGRAM")
@application_option
@reason_option
def set_(program: str, application_id: UUID | None, reason: str) -> None:
    """Set a legal hold on a program, or on one application of it."""
    _change(holding.set_hold, program, application_id, reason)
    click.echo(f"Held: {_what(program, application_id)}.")


@command.command("lift")
@click.argument("program", metavar="PROGRAM")
@application_option
@reason_option
def lift(program: str, application_id: UUID | None, reason: str) -> None:
    """Lift a legal hold. What it kept is listed for a week before it is deleted."""
    _change(holding.lift_hold, program, application_id, reason)
    click.echo(f"No longer held: {_what(program, application_id)}.")


@command.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the legal holds that stand."""
    with open_house() as house, house.works.look(OPERATOR) as work:
        holds = holding.all_standing(work)
    if as_json:
        print_json([_facts_of(hold) for hold in holds])
        return
    for hold in holds:
        what = _what(hold.program.slug, hold.application_id)
        click.echo(f"{what}, since {hold.set_at:%Y-%m-%d}: {hold.reason}")
    if not holds:
        click.echo("No legal hold stands.")


def _change(change: holding.Change, slug: str, application_id: UUID | None, reason: str) -> None:
    with open_house() as house, house.works.change(OPERATOR) as work:
        program, application = _locked(work, slug, application_id)
        change(work, program, reason, application)


def _locked(
    work: Work, slug: str, application_id: UUID | None
) -> tuple[Program, Application | None]:
    """Return what a hold is about, with the lock that it takes to change it."""
    program = finding.program_by_slug(work, slug)
    if application_id is None:
        holding.lock_program(work, program)
        return program, None
    application = finding.application(work, application_id, lock=True)
    if application.program_id != program.id:
        raise UnknownApplication
    return program, application


def _what(slug: str, application_id: UUID | None) -> str:
    return slug if application_id is None else f"{slug}, application {application_id}"


def _facts_of(hold: Hold) -> dict[str, object]:
    return {
        "program": hold.program.slug,
        "application": str(hold.application_id) if hold.application_id else None,
        "reason": hold.reason,
        "since": hold.set_at.isoformat(),
    }
