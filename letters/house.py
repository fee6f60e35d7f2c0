"""Putting the house together: the only place where adapters are chosen."""

from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from letters.adapters.binder import SheetBinder
from letters.adapters.calendars import CalendarFiles
from letters.adapters.clock import SystemClock
from letters.adapters.converter import OfficeConverter
from letters.adapters.envelope import KeyEnvelope
from letters.adapters.filestore import FolderStore
from letters.adapters.inspector import SubprocessInspector
from letters.adapters.links import SignedLinks
from letters.adapters.mailer import mailer_from_url
from letters.adapters.messages import TemplateMessages
from letters.adapters.metrics import PrometheusMetrics
from letters.adapters.objectstore import ObjectStore
from letters.adapters.pictures import SubprocessRedrawer
from letters.adapters.reports import BounceReports
from letters.adapters.returns import SignedReturns
from letters.adapters.scanner import ClamdScanner
from letters.ports import (
    Clock,
    DocumentInspector,
    LetterStore,
    Mailer,
    MessageRenderer,
    Metrics,
    PacketBinder,
    PictureRedrawer,
    ReportReader,
)
from letters.records import Database
from letters.resources import templates_folder, translations_folder
from letters.services.inspecting import Examiners
from letters.services.work import Tools, Works
from letters.settings import Settings


@dataclass(frozen=True)
class House:
    """Everything that web, worker and commands work with."""

    settings: Settings
    database: Database
    works: Works
    examiners: Examiners
    mailer: Mailer
    renderer: MessageRenderer
    redrawer: PictureRedrawer
    reports: ReportReader
    metrics: Metrics
    binder: PacketBinder

    @property
    def mail_folder(self) -> Path:
        """Where mails are written, with a `file:` transport; the demo looks into it."""
        return Path(self.settings.mail_url.removeprefix("file:"))


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    inspector: DocumentInspector | None = None,
    database: Database | None = None,
) -> House:
    """Build the house from its settings.

    Tests bring their own clock and inspector, and a database that they know already.
    """
    sender = parseaddr(settings.mail_from)[1]
    converter = OfficeConverter()
    database = database or Database(settings.database_url)
    tools = Tools(
        clock=clock or SystemClock(),
        links=SignedLinks(settings.secret_keys, settings.base_url),
        returns=SignedReturns(settings.secret_keys, settings.bounce_address),
        store=_store(settings),
        envelope=KeyEnvelope(settings.store_keys),
        calendars=CalendarFiles(urlsplit(settings.base_url).hostname or "localhost"),
        mail_domain=sender.rpartition("@")[2],
        base_url=settings.base_url,
        sender=sender,
        converts_word=converter.available,
    )
    return House(
        settings=settings,
        database=database,
        works=Works(database, tools),
        examiners=Examiners(
            inspector=inspector or SubprocessInspector(),
            scanner=ClamdScanner(settings.clamd_url) if settings.clamd_url else None,
            converter=converter,
        ),
        mailer=mailer_from_url(settings.mail_url, settings.mail_from),
        renderer=TemplateMessages(templates_folder(), translations_folder()),
        redrawer=SubprocessRedrawer(),
        reports=BounceReports(),
        metrics=PrometheusMetrics(),
        binder=SheetBinder(templates_folder(), translations_folder()),
    )


def _store(settings: Settings) -> LetterStore:
    place = urlsplit(settings.store_url)
    if place.scheme == "s3":
        return ObjectStore(place.netloc, place.path.strip("/"), settings.store_access)
    return FolderStore(Path(settings.store_url.removeprefix("file:")))
