"""Floor 3: the `letters` command. Each command is a file here, loaded when it is called."""

import gc
import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any

import click

COMMANDS: Mapping[str, str] = MappingProxyType(
    {
        "demo": "Run the service with an example season, or check it.",
        "serve": "Serve the pages and the API.",
        "worker": "Deliver mail, plan digests and tidy up.",
        "db": "Look after the database.",
        "bounce": "Take a mail that came back, on standard input.",
        "inbound": "Take mails that came back, by LMTP.",
        "check": "Check settings, database, store and mail.",
        "program": "Create and show programs.",
        "coordinator": "Look after the people who run programs.",
        "sign-in-link": "Print a link that signs a coordinator in.",
        "api-key": "Look after the keys of the API.",
        "keys": "Look after the keys that letters are encrypted with.",
        "digest": "Plan the digests that coordinators get by mail.",
        "export": "Write all letters of a program into one ZIP.",
        "verify": "Check that all that must hold does hold.",
        "sweep": "Remove what interrupted uploads left behind.",
        "purge": "Delete letters that have been kept long enough.",
        "person": "Export or erase what is kept about one person.",
        "mail": "Look at the mails of the service.",
        "hold": "Keep from being deleted what the law asks for.",
    }
)
"""Every command with its help in short: listing them loads none of them."""


class CommandsOnDemand(click.Group):
    """Loads a command when it is called, and says in a sentence what went wrong in it."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Name all commands, in the order in which they are needed."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Load one command; None if there is none by this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = _loaded(f"letters.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 -- click's signature
        """Run the command that was called; what was to be expected gets no traceback."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            sentences = _sentences(error)
            if not sentences:
                raise
            for sentence in sentences:
                click.echo(sentence, err=True)
            sys.exit(1)


@click.group(cls=CommandsOnDemand, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="letters", message="%(prog)s %(version)s")
def letters() -> None:
    """Collect confidential reference letters for applications to a program."""
    from letters.logs import write_json_lines

    write_json_lines("stderr")


def _loaded(name: str) -> ModuleType:
    """Import a module with all that it takes along, none of which is garbage, then or later."""
    if name in sys.modules:
        return sys.modules[name]
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def _sentences(error: Exception) -> list[str]:
    """Say what went wrong; nothing where it is a mistake in the program."""
    from letters.domain.errors import InvalidInput, LettersError
    from letters.settings import SettingsError

    if isinstance(error, SettingsError):
        return error.problems
    if isinstance(error, InvalidInput):
        return [
            error.sentence,
            *(f"  {p.field}: {p}" if p.field else f"  {p}" for p in error.problems),
        ]
    return [str(error)] if isinstance(error, LettersError) else []
