"""What the cover sheet of a packet says, in words."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from babel.support import NullTranslations, Translations

from letters import wording
from letters.adapters.binder.sheet import Entry, Sheet
from letters.domain.erasing import ERASED
from letters.domain.packet import LetterFacts, Missing, Packet, RefereeFacts
from letters.domain.status import RequestStatus
from letters.domain.words import N_
from letters.domain.wrong_letter import Mark

MARKS: Mapping[Mark, str] = MappingProxyType(
    {
        Mark.APPLICANT_MISSING: N_("The name %(name)s was not found in it."),
        Mark.OTHER_APPLICANT: N_("It names somebody else for whom this referee is asked as well."),
        Mark.OTHER_ORGANIZATION: N_("It names another organization, and not %(organization)s."),
        Mark.NO_TEXT: N_("It holds no text, so it is probably a scan."),
        Mark.BLANK_PAGES: N_("It has blank pages."),
        Mark.TOO_MANY_PAGES: N_("It has more pages than the program wishes."),
        Mark.OLD_DATE: N_("It seems to be dated more than a year ago."),
    }
)
MISSING: Mapping[Missing, str] = MappingProxyType(
    {
        Missing.HELD_BACK: N_("Not in this packet: the file is held back until it is released."),
        Missing.UNCHECKED: N_(
            "Not in this packet: the file could not be looked into. Download it by itself, and "
            "open it with care."
        ),
        Missing.DELETED: N_("Not in this packet: the letter was deleted for good."),
        Missing.UNREADABLE: N_("Not in this packet: the stored file cannot be read."),
        Missing.OUT_OF_REACH: N_(
            "Not in this packet: the file could not be reached just now. Make the packet again."
        ),
        Missing.NOT_BOUND: N_(
            "Not in this packet: the file cannot be joined to others. Download it by itself."
        ),
    }
)
STATES: Mapping[RequestStatus, str] = MappingProxyType(
    {
        RequestStatus.NAMED: N_("Named on %(when)s; not asked for a letter."),
        RequestStatus.REQUESTED: N_("Asked on %(when)s; no letter so far."),
        RequestStatus.RECEIVED: N_("Letter received on %(when)s."),
        RequestStatus.DECLINED: N_("Declined on %(when)s."),
        RequestStatus.CANCELLED: N_("Not needed any more since %(when)s."),
    }
)


class CoverWords:
    """Puts what a packet is into the words of one language."""

    def __init__(self, packet: Packet, locale: str, translations: Path) -> None:
        self._packet = packet
        self._locale = locale
        self._catalogue: NullTranslations = Translations.load(translations, [locale])

    @property
    def cover(self) -> str:
        """What the bookmark of the cover sheet says."""
        _ = self._catalogue.gettext
        return _("Cover sheet")

    @property
    def title(self) -> str:
        """The title of the packet."""
        _ = self._catalogue.gettext
        return _("Letters for %(name)s") % {"name": self._named(self._packet.applicant_name)}

    def sheet(self, missing: Sequence[Missing | None], pages: Sequence[int | None]) -> Sheet:
        """Return all words; for each referee, why the letter is missing or how long it is."""
        _ = self._catalogue.gettext
        packet = self._packet
        made = {"when": self._moment_and_zone(), "name": packet.made_for}
        return Sheet(
            language=wording.locale_named(self._locale).language,
            title=self.title,
            over=f"{packet.program_title} · {packet.organization}",
            facts=list(self._facts()),
            entries=[
                self._entry(referee, why, count)
                for referee, why, count in zip(packet.referees, missing, pages, strict=True)
            ],
            from_page=_("from page "),
            foot=_("Made on %(when)s for %(name)s. Confidential: not for the applicant.") % made,
            no_font=_("(no font for it)"),
            no_font_note=_(
                "This machine has no font for some of the names on this sheet. They stand in the "
                "bookmarks of this file, and on the page of the application."
            ),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        _ = self._catalogue.gettext
        packet = self._packet
        about = (self._named(packet.applicant_name), packet.applicant_email)
        yield _("Applicant"), ", ".join(part for part in about if part)
        if packet.external_id:
            yield _("External id"), packet.external_id
        yield _("Right to view"), self._waiver()
        if packet.submitted_at:
            yield _("Submitted"), self._moment(packet.submitted_at)
        if packet.withdrawn:
            yield _("State"), _("The application was withdrawn.")
        counted = {"received": packet.received, "wanted": packet.wanted}
        yield _("Letters"), _("%(received)s of %(wanted)s received") % counted
        yield _("Times"), _("Those of %(zone)s") % {"zone": packet.zone.replace("_", " ")}

    def _waiver(self) -> str:
        _ = self._catalogue.gettext
        packet = self._packet
        if not packet.waived:
            return _("not waived")
        if packet.signed_at is None:
            return _("waived")
        signed = {"name": self._named(packet.signed_as), "when": self._moment(packet.signed_at)}
        return _("waived, signed as %(name)s on %(when)s") % signed

    def _entry(self, referee: RefereeFacts, why: Missing | None, pages: int | None) -> Entry:
        return Entry(
            name=self._named(referee.name),
            about=" · ".join(part for part in (referee.email, referee.affiliation) if part),
            state=self._state(referee),
            facts=list(self._about_letter(referee.letter)) if referee.letter else [],
            notes=list(self._notes(referee.letter, why)) if referee.letter else [],
            pages=pages,
        )

    def _state(self, referee: RefereeFacts) -> str:
        _ = self._catalogue.gettext
        said = _(STATES[referee.status]) % {"when": self._moment(referee.since)}
        return f"{said} {_('Somebody else was named instead.')}" if referee.replaced else said

    def _about_letter(self, letter: LetterFacts) -> Iterator[str]:
        _, ngettext = self._catalogue.gettext, self._catalogue.ngettext
        parts = [wording.file_size(letter.size, self._locale)]
        if letter.pages is not None:
            count = ngettext("one page", "%(num)s pages", letter.pages) % {"num": letter.pages}
            parts.insert(0, count)
        if letter.version > 1:
            came = {"number": letter.version, "when": self._moment(letter.received_at)}
            parts.append(_("version %(number)s, of %(when)s") % came)
        if letter.sent_by:
            parts.append(_("sent by %(name)s") % {"name": letter.sent_by})
        if letter.entered_by:
            parts.append(
                _("came in another way, entered by %(name)s") % {"name": letter.entered_by}
            )
        yield ", ".join(parts)
        yield f"SHA-256 {letter.sha256}"

    def _notes(self, letter: LetterFacts, why: Missing | None) -> Iterator[str]:
        _ = self._catalogue.gettext
        packet = self._packet
        if why is not None:
            yield _(MISSING[why])
        if letter.marks:
            about = {
                "name": self._named(packet.applicant_name),
                "organization": packet.organization,
            }
            said = " ".join(_(MARKS[mark]) % about for mark in letter.marks)
            yield _("This may be the wrong letter: %(marks)s") % {"marks": said}
        if letter.marks and letter.entered_by:
            yield _("Whoever entered it said that it is the right one.")
        elif letter.marks and letter.confirmed_at:
            when = {"when": self._moment(letter.confirmed_at)}
            yield _("The referee confirmed on %(when)s that it is the right one.") % when

    def _named(self, name: str) -> str:
        return self._catalogue.gettext(ERASED) if name == ERASED else name

    def _moment(self, at: datetime) -> str:
        return wording.moment(at, self._packet.zone, self._locale)

    def _moment_and_zone(self) -> str:
        return wording.instant(self._packet.made_at, self._packet.zone, self._locale)
