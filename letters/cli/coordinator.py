"""`letters coordinator`: who runs programs."""

import click

from letters.cli.common import OPERATOR, open_house
from letters.domain.roles import Role
from letters.services import administering, finding, openid, sessions


@click.group("coordinator")
def command() -> None:
    """Look after the people who run programs."""


@command.command("add")
@click.argument("email")
@click.option("--name", required=True)
@click.option(
    "--program",
    "slugs",
    metavar="SLUG",
    multiple=True,
    help="A program to work on; may be given several times.",
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MANAGER.value,
    show_default=True,
    help="What they may do there. Where they work already, their role stays.",
)
@click.option("--administrator", is_flag=True, help="Let them do all in every program.")
@click.option("--timezone", help="Where their day begins.  [default: that of their first program]")
def add(
    email: str,
    name: str,
    slugs: tuple[str, ...],
    role: str,
    timezone: str | None,
    *,
    administrator: bool,
) -> None:
    """Let somebody work on programs, or on more than before, or on all of them."""
    if not slugs and not administrator:
        message = "Say --program SLUG, or --administrator for all programs."
        raise click.UsageError(message)
    with open_house() as house, house.works.change(OPERATOR) as work:
        coordinator = administering.add_coordinator(
            work, email, name, slugs, timezone, role=Role(role), administrator=administrator
        )
        runs = ", ".join(program.slug for program in coordinator.programs)
    who = f"{coordinator.name} <{coordinator.email}>"
    click.echo(f"{who} runs: {'all programs' if coordinator.is_administrator else runs}")


@command.command("sign-out")
@click.argument("email")
@click.option(
    "--forget-account",
    is_flag=True,
    help="Let them sign in by another account with the OpenID Connect provider the next time.",
)
def sign_out(email: str, *, forget_account: bool) -> None:
    """End all sessions and sign-in links of somebody, as when a computer was lost."""
    with open_house() as house, house.works.change(OPERATOR) as work:
        coordinator = finding.coordinator_by_email(work, email.strip())
        sessions.end_all(work, coordinator.id)
        if forget_account:
            openid.forget_account(coordinator)
    click.echo(f"{coordinator.name} <{coordinator.email}> is signed out everywhere.")
