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

from letters.demo.cast import Candidate
from letters.demo.crowd import crowd
from letters.demo.instance import Instance
from letters.demo.season import PastClock, Season
from letters.house import assemble
from letters.migrating import upgrade


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
    house = assemble(instance.settings, clock=clock)
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
