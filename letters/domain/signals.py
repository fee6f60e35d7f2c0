"""Identity signals: what may hint that a referee is not who they are said to be.

None proves anything, and nothing ever follows from one by itself: people look, and decide. All
that is remembered of a signal are its kind, domains, and numbers.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from letters.domain.folding import fold
from letters.domain.lookalikes import known_like
from letters.domain.slips import FREE_MAIL
from letters.domain.titles import HONORIFICS, PARTICLES, SUFFIXES


class SignalKind(StrEnum):
    """What was noticed about a referee."""

    FREE_MAIL = "free_mail"
    DISPOSABLE = "disposable"
    LOOKALIKE = "lookalike"
    MANY_APPLICANTS = "many_applicants"
    OTHER_NAME = "other_name"
    SAME_PLACE = "same_place"


class How(StrEnum):
    """How an upload was found to come from where the applicant's own pages were used."""

    BROWSER = "browser"
    NETWORK = "network"


OF_ADDRESS = frozenset(
    {
        SignalKind.FREE_MAIL,
        SignalKind.DISPOSABLE,
        SignalKind.LOOKALIKE,
        SignalKind.MANY_APPLICANTS,
    }
)
"""The kinds that say something of the address alone: who checked one has checked it everywhere."""

Details = Mapping[str, str | int]

DISPOSABLE = frozenset(
    {
        "10minutemail.com",
        "1secmail.com",
        "33mail.com",
        "dispostable.com",
        "emailondeck.com",
        "fakeinbox.com",
        "getairmail.com",
        "getnada.com",
        "grr.la",
        "guerrillamail.com",
        "guerrillamail.de",
        "guerrillamail.net",
        "guerrillamail.org",
        "inboxkitten.com",
        "mail-temp.com",
        "mailcatch.com",
        "maildrop.cc",
        "mailinator.com",
        "mailnesia.com",
        "mailsac.com",
        "minuteinbox.com",
        "moakt.com",
        "mohmal.com",
        "mytemp.email",
        "sharklasers.com",
        "spam4.me",
        "spamgourmet.com",
        "temp-mail.io",
        "temp-mail.org",
        "tempail.com",
        "tempmail.com",
        "tempmailo.com",
        "throwawaymail.com",
        "trash-mail.com",
        "trashmail.com",
        "wegwerfemail.de",
        "yopmail.com",
        "yopmail.fr",
    }
)
"""The best known providers of mailboxes that last for minutes. There are thousands of others."""

MANY = 5
"""From so many applicants on, one address is worth a look."""
KNOWN_FROM = 3
"""A domain is known in a program once so many referees have an address there."""

PLACES_KEPT = 5
PLACE_LIFETIME = timedelta(days=60)


def address_signals(
    address: str, known_domains: Collection[str], applicants: int
) -> dict[SignalKind, Details]:
    """Return what there is to say of a referee's address, with what each signal is about.

    `known_domains` are those of the program; the well-known providers are added to them.
    `applicants` is how many applicants of the program named the address. Their number is told in
    steps, so that one who checked it is not asked again for each applicant more.
    """
    domain = address.rpartition("@")[2].lower()
    found: dict[SignalKind, Details] = {}
    if domain in FREE_MAIL:
        found[SignalKind.FREE_MAIL] = {"domain": domain}
    elif domain in DISPOSABLE:
        found[SignalKind.DISPOSABLE] = {"domain": domain}
    elif known := known_like(domain, FREE_MAIL.union(known_domains)):
        found[SignalKind.LOOKALIKE] = {"domain": domain, "known": known}
    if applicants >= MANY:
        found[SignalKind.MANY_APPLICANTS] = {"at_least": _step(applicants)}
    return found


def _step(applicants: int) -> int:
    """Return the greatest of 5, 10, 20, 40 … that is not above the number."""
    step = MANY
    while step * 2 <= applicants:
        step *= 2
    return step


def is_other_name(name: str, usual: str) -> bool:
    """Say whether two names can hardly be the same person's: they share no word and no beginning.

    Titles, initials and particles do not count, so that "Prof. A. Ferreira" is Ada Ferreira, and
    who took another family name stays the same.
    """
    one, other = fold(name), fold(usual)
    if one.replace(" ", "") == other.replace(" ", ""):
        return False
    words, others = _words(one), _words(other)
    if not words or not others:
        return False
    closed, other_closed = "".join(one.split()), "".join(other.split())
    return not words & others and closed not in other_closed and other_closed not in closed


def _words(folded: str) -> frozenset[str]:
    left_out = HONORIFICS | PARTICLES | SUFFIXES
    return frozenset(word for word in folded.split() if len(word) > 1 and word not in left_out)


# --- places -----------------------------------------------------------------------------------


def noted(places: Mapping[str, str], place: str, now: datetime) -> dict[str, str]:
    """Return the places of an applicant, with `place` as the newest; older than 60 days are gone.

    A place is a keyed hash; it is kept with the instant when it was last seen, in ISO 8601.
    """
    kept = {one: at for one, at in places.items() if one != place and not _is_past(at, now)}
    newest = [*kept.items(), (place, now.isoformat())]
    return dict(newest[-PLACES_KEPT:])


def how_from_there(
    places: Mapping[str, str], place: str, now: datetime, *, same_browser: bool
) -> How | None:
    """Say how a letter came from where the applicant's pages were used; None when it did not."""
    if same_browser:
        return How.BROWSER
    seen_at = places.get(place)
    if seen_at is None or _is_past(seen_at, now):
        return None
    return How.NETWORK


def _is_past(seen_at: str, now: datetime) -> bool:
    return datetime.fromisoformat(seen_at) < now - PLACE_LIFETIME
