"""`letters program`: setting programs up, and looking at them."""

from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from letters.cli.common import OPERATOR, json_option, open_house, print_json
from letters.domain.documents import DEFAULT_LIMIT, MEGABYTE
from letters.domain.keeping import DEFAULT_KEPT_DAYS, DEFAULT_WISHED_PAGES
from letters.domain.policy import DEFAULT_MIN_LETTERS, RequestPolicy
from letters.records import Program
from letters.services import administering, finding
from letters.services.program_cleaning import NewProgram
from letters.wording import instant

LOCAL_TIME = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group("program")
def command() -> None:
    """Create and show programs."""


@command.command("create")
@click.option("--slug", required=True, help="Short name in addresses, such as summer-2027.")
@click.option("--title", required=True)
@click.option("--organization", required=True)
@click.option("--contact-email", required=True, help="Where people can write to a person.")
@click.option(
    "--due",
    required=True,
    type=LOCAL_TIME,
    help="Due date and time in the time zone, such as 2027-04-01T23:59.",
)
@click.option("--timezone", default="UTC", show_default=True, help="Such as Europe/Zurich.")
@click.option("--description", default="", help="What the program's page says.")
@click.option("--instructions", default="", help="What referees are asked to note.")
@click.option("--grace-hours", default=0, show_default=True, type=int)
@click.option("--min-letters", default=DEFAULT_MIN_LETTERS, show_default=True, type=int)
@click.option("--max-letters", default=None, type=int, help="[default: two more than the minimum]")
@click.option(
    "--request-policy",
    default=RequestPolicy.AUTOMATIC.value,
    show_default=True,
    type=click.Choice([policy.value for policy in RequestPolicy]),
    help="Ask for letters on submission, or only for selected applications.",
)
@click.option(
    "--largest-megabytes",
    default=DEFAULT_LIMIT // MEGABYTE,
    show_default=True,
    type=click.IntRange(1, 100),
    help="The largest letter that is taken.",
)
@click.option(
    "--wished-pages",
    default=DEFAULT_WISHED_PAGES,
    show_default=True,
    type=int,
    help="How many pages a letter should have at most; 0 for any length. Longer ones are taken.",
)
@click.option(
    "--kept-days",
    default=DEFAULT_KEPT_DAYS,
    show_default=True,
    type=int,
    help="How many days after their closing date letters are deleted for good.",
)
@click.option(
    "--takes-word/--no-takes-word",
    default=False,
    show_default=True,
    help="Take Word files too, and convert them; needs LibreOffice on this machine.",
)
@click.option(
    "--notices-on-submission/--no-notices-on-submission",
    default=False,
    show_default=True,
    help="Alert the referees of each application when it is submitted. Without effect under the "
    "policy automatic, which asks them at once.",
)
@json_option
def create(  # noqa: PLR0913 -- one for each option
    *,
    slug: str,
    title: str,
    organization: str,
    contact_email: str,
    due: datetime,
    timezone: str,
    description: str,
    instructions: str,
    grace_hours: int,
    min_letters: int,
    max_letters: int | None,
    request_policy: str,
    largest_megabytes: int,
    wished_pages: int,
    kept_days: int,
    takes_word: bool,
    notices_on_submission: bool,
    as_json: bool,
) -> None:
    """Create a program."""
    new = NewProgram(
        slug=slug,
        title=title,
        organization=organization,
        contact_email=contact_email,
        due_at=_in_utc(due, _zone(timezone)),
        timezone=timezone,
        description=description,
        instructions=instructions,
        grace_hours=grace_hours,
        min_letters=min_letters,
        max_letters=max_letters,
        request_policy=RequestPolicy(request_policy),
        largest_file=largest_megabytes * MEGABYTE,
        wished_pages=wished_pages,
        kept_days=kept_days,
        takes_word=takes_word,
        notices_on_submission=notices_on_submission,
    )
    with open_house() as house:
        with house.works.change(OPERATOR) as work:
            program = administering.create_program(work, new)
        url = _url(house.settings.base_url, program)
    if as_json:
        print_json(_data(program, url))
    else:
        click.echo(f"Created “{program.title}”: {url}")


@command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List all programs, by due date."""
    with open_house() as house, house.works.look(OPERATOR) as work:
        programs = administering.programs(work)
    if as_json:
        base_url = house.settings.base_url
        print_json([_data(program, _url(base_url, program)) for program in programs])
        return
    for program in programs:
        click.echo(f"{program.slug}: {program.title}, due {_due(program)}")


@command.command("show")
@click.argument("slug")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Show one program with all that was set."""
    with open_house() as house, house.works.look(OPERATOR) as work:
        program = finding.program_by_slug(work, slug)
    data = _data(program, _url(house.settings.base_url, program))
    if as_json:
        print_json(data)
        return
    for name, value in data.items():
        click.echo(f"{name}: {_due(program) if name == 'due_at' else value}")


def _zone(name: str) -> tzinfo:
    """Return the zone; for an unknown one any will do, since the service refuses the name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def _in_utc(due: datetime, zone: tzinfo) -> datetime:
    """Return `due` in UTC; at either end of all time any zone will do: the service refuses it."""
    try:
        return due.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return due.replace(tzinfo=UTC)


def _due(program: Program) -> str:
    return instant(program.due_at, program.timezone, "en")


def _url(base_url: str, program: Program) -> str:
    return f"{base_url}/programs/{program.slug}"


def _data(program: Program, url: str) -> dict[str, Any]:
    return {
        "slug": program.slug,
        "title": program.title,
        "organization": program.organization,
        "contact_email": program.contact_email,
        "due_at": program.due_at.isoformat(),
        "timezone": program.timezone,
        "grace_hours": program.grace_hours,
        "min_letters": program.min_letters,
        "max_letters": program.max_letters,
        "request_policy": program.request_policy.value,
        "largest_file": program.largest_file,
        "wished_pages": program.wished_pages,
        "kept_days": program.kept_days,
        "takes_word": program.takes_word,
        "notices_on_submission": program.notices_on_submission,
        "description": program.description,
        "instructions": program.instructions,
        "url": url,
    }
