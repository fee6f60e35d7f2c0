"""`letters mail`: the mails of the service, to look at."""

from collections.abc import Iterator
from pathlib import Path

import click

from letters.cli.common import json_option, print_json
from letters.domain.journal import MessageKind
from letters.sample_facts import SAMPLES, Sample

DEFAULT_FOLDER = Path("mail-preview")


@click.group("mail")
def command() -> None:
    """Look at the mails of the service."""


@command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the kinds of mails, each with the samples there are of it."""
    kinds = [{"kind": kind.value, "samples": [s.name for s in _of(kind)]} for kind in MessageKind]
    if as_json:
        print_json(kinds)
        return
    for one in kinds:
        click.echo(f"{one['kind']}: {', '.join(one['samples'])}")


@command.command("preview")
@click.argument("kind", required=False, type=click.Choice([kind.value for kind in MessageKind]))
@click.option("--all", "every", is_flag=True, help="Write the mails of all kinds.")
@click.option(
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    help="The folder to write them into; made when needed.",
)
@json_option
def preview(kind: str | None, every: bool, folder: Path, as_json: bool) -> None:
    """Write the mails of one KIND, as sample data makes them.

    Each sample is written as .eml, which mail programs open, and its two forms as .html and .txt.
    Nothing is sent, and no settings are needed. `letters mail list` names the kinds.
    """
    if every == (kind is not None):
        message = "name one KIND, or say --all; `letters mail list` names the kinds"
        raise click.UsageError(message)
    samples = SAMPLES if kind is None else _of(MessageKind(kind))
    try:
        written = list(_write(samples, folder))
    except OSError as error:
        message = f"The mails could not be written: {error}"
        raise click.ClickException(message) from error
    if as_json:
        print_json({"written": [str(file) for file in written]})
        return
    for file in written:
        click.echo(file)


def _of(kind: MessageKind) -> tuple[Sample, ...]:
    return tuple(sample for sample in SAMPLES if sample.kind is kind)


def _write(samples: tuple[Sample, ...], folder: Path) -> Iterator[Path]:
    """Write samples into `folder`, and yield each file. Raises OSError."""
    from letters.adapters.calendars import CalendarFiles
    from letters.adapters.mailer.message import Mailbox, compose
    from letters.adapters.messages import TemplateMessages
    from letters.demo.sample_mails import DOMAIN, SENDER, message_of
    from letters.resources import templates_folder, translations_folder

    renderer = TemplateMessages(templates_folder(), translations_folder())
    sender = Mailbox.read("the sender", SENDER)
    folder.mkdir(parents=True, exist_ok=True)
    for sample in samples:
        message = message_of(sample, renderer, CalendarFiles(DOMAIN))
        forms = {
            "eml": compose(message, sender),
            "html": message.html.encode(),
            "txt": f"Subject: {message.subject}\n\n{message.text}".encode(),
        }
        for ending, content in forms.items():
            file = folder / f"{sample.name}.{ending}"
            file.write_bytes(content)
            yield file
