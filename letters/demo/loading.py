"""Making the demo's data: the example season, lived once."""

import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from shutil import rmtree

import click
import structlog

from letters.adapters.inspector import draw_picture, examine, read_texts
from letters.demo.cast import Candidate
from letters.demo.crowd import crowd
from letters.demo.instance import Instance
from letters.demo.season import PastClock, Season
from letters.domain.documents import Findings
from letters.house import assemble
from letters.migrating import upgrade


class OwnLetters:
    """A DocumentInspector for letters that we wrote ourselves: no process guards us from them."""

    def inspect(self, content: bytes) -> Findings:
        """Return what was found."""
        return replace(examine(content), texts=read_texts(content))

    def picture(self, content: bytes) -> bytes | None:
        """Return the first page as PNG."""
        return draw_picture(content)


def load(instance: Instance, *, whole_season: bool = False) -> None:
    """Fill the instance's folder. It appears when it is complete, or not at all.

    A whole season has 120 applications instead of about a dozen.
    """
    unfinished = instance.folder.with_name(f"{instance.folder.name}.unfinished")
    rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    _live_season(replace(instance, folder=unfinished), crowd() if whole_season else ())
    unfinished.rename(instance.folder)


def _live_season(instance: Instance, extras: Sequence[Candidate]) -> None:
    _only_warnings()
    now = datetime.now(UTC)
    clock = PastClock(now)
    upgrade(instance.settings.database_url)
    house = assemble(instance.settings, clock=clock, inspector=OwnLetters())
    with closing(house.database):
        season = Season(house, clock, now, extras)
        with click.progressbar(
            season.moments,
            label="Living an example season",
            file=sys.stderr,
            hidden=not sys.stderr.isatty(),
        ) as moments:
            for moment in moments:
                season.live(moment)


def _only_warnings() -> None:
    """Every mail of the season would be a line otherwise."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
