"""How dates, sizes and sentences are put for people, alike in pages and in mails.

The forms come from Unicode's locale data, so a new language needs no work here. The clock has 24
hours in every language: nobody has to wonder which of two twelve o'clocks a due date means.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, cast
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import (
    format_date,
    format_skeleton,
    get_datetime_format,
    get_timezone_location,
)
from babel.units import format_unit
from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from letters.domain.erasing import ERASED

INTERNATIONAL_ENGLISH = Locale("en", "GB")
KILOBYTE = 1024
MEGABYTE = 1024 * KILOBYTE
MINUS = "\N{MINUS SIGN}"
WORD_JOINER = "\N{WORD JOINER}"
FIRST_STRONG_ISOLATE = "\N{FIRST STRONG ISOLATE}"
POP_DIRECTIONAL_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"
_RUNS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
REMEMBERED = 1024
"""Dates are said again and again, in a list as in a thousand mails, and take long to put."""
AMID_AN_ADDRESS = re.compile(r"(?<=[.:@])(?=\S)")

Width = Literal["long", "full"]
"""How much of a date is said: the full form has the weekday."""


@lru_cache(maxsize=REMEMBERED)
def locale_named(name: str) -> Locale:
    """Return the locale called `name`, such as `de`, `pt_BR` or `pt-BR`.

    English without a country is the international one: the day comes before the month. So is
    whatever is unknown, for a strange language tag must not keep a mail from going out.
    """
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return INTERNATIONAL_ENGLISH
    return INTERNATIONAL_ENGLISH if str(locale) == "en" else locale


@lru_cache(maxsize=REMEMBERED)
def instant(value: datetime, zone: str, locale: str) -> str:
    """Return an instant that cannot be misread, with weekday and zone.

    For example: Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2).
    """
    local, spoken = _in_zone(value, zone), locale_named(locale)
    return f"{_date_and_time(local, 'full', spoken)} ({_zone(local, zone, spoken)})"


@lru_cache(maxsize=REMEMBERED)
def moment(value: datetime, zone: str, locale: str) -> str:
    """Return an instant in short, where the zone is plain from what stands around it.

    For example: 1 April 2027, 23:59.
    """
    return _date_and_time(_in_zone(value, zone), "long", locale_named(locale))


@lru_cache(maxsize=REMEMBERED)
def day(value: datetime, zone: str, locale: str) -> str:
    """Return the day on which an instant falls. For example: 1 April 2027."""
    return format_date(_in_zone(value, zone).date(), "long", locale=locale_named(locale))


def last_day(due: datetime, zone: str, locale: str) -> str:
    """Return the last day on which something due at `due` is in time.

    What is due at midnight sharp was to be sent the day before: “by 1 April” would promise a day
    too many.
    """
    return day(due - timedelta(microseconds=1), zone, locale)


def file_size(size: int, locale: str) -> str:
    """Return a size in bytes as a person would say it. For example: 214 kB, or 1.2 MB."""
    spoken = locale_named(locale)
    kilobytes = max(1, round(size / KILOBYTE))
    if kilobytes < KILOBYTE:
        return format_unit(kilobytes, "digital-kilobyte", "short", locale=spoken)
    return format_unit(round(size / MEGABYTE, 1), "digital-megabyte", "short", locale=spoken)


def sentence(message: str, values: Mapping[str, object], gettext: Callable[[str], str]) -> str:
    """Return `message`, a gettext message id, in the reader's language and filled with `values`."""
    return gettext(message) % values


def unlinked(text: str) -> str:
    """Return `text` so that no mail program makes a link of what looks like an address in it.

    Mail programs do so with bare text too. A word joiner, which is not seen, breaks each address.
    """
    return AMID_AN_ADDRESS.sub(WORD_JOINER, text)


def apart(text: str, direction: str) -> str:
    """Return words that stand in a sentence which runs in `direction`, `ltr` or `rtl`.

    Those that run the other way are isolated (Unicode UAX 9): otherwise brackets, full stops and
    numbers beside them change places. An address of a page stays as it is, to be copied.
    """
    if direction == "ltr" and text.isascii():
        return text
    runs = {_RUNS.get(unicodedata.bidirectional(character), direction) for character in text}
    if runs <= {direction} or "://" in text:
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"


def install(
    environment: Environment, locale: Callable[[], str], gettext: Callable[[str], str]
) -> None:
    """Teach `environment` these forms, and to say erased names in its translated sentences too."""
    install_forms(environment, locale, gettext)
    change_values(environment, lambda value: said(value, gettext))


def install_forms(
    environment: Environment, locale: Callable[[], str], gettext: Callable[[str], str]
) -> None:
    """Teach `environment` these forms as filters, in the locale that `locale` returns each time.

    Translatable blocks lose their line breaks, as they do when the sentences are collected for the
    translators: otherwise the two would not match. What stands in the place of an erased name is
    said in the reader's language, wherever it stands alone.
    """
    environment.policies["ext.i18n.trimmed"] = True
    environment.filters.update(
        instant=lambda value, zone: instant(value, zone, locale()),
        moment=lambda value, zone: moment(value, zone, locale()),
        day=lambda value, zone: day(value, zone, locale()),
        last_day=lambda value, zone: last_day(value, zone, locale()),
        file_size=lambda size: file_size(size, locale()),
        unlinked=unlinked,
    )

    environment.finalize = lambda value: said(value, gettext)


def said(value: object, gettext: Callable[[str], str]) -> object:
    """Return `value`, or what is said in the reader's language where a name was erased."""
    return gettext(ERASED) if value == ERASED else value


def change_values(environment: Environment, change: Callable[[object], object]) -> None:
    """Let `change` have every value that is put into a translated sentence, before it is."""

    def with_values_changed(gettext: Callable[..., str]) -> Callable[..., str]:
        @pass_context
        def translated(context: Context, *sentences: object, **values: object) -> str:
            changed = {name: change(value) for name, value in values.items()}
            return gettext(context, *sentences, **changed)

        return translated

    for name in ("gettext", "ngettext"):
        installed = cast("Callable[..., str]", environment.globals[name])
        environment.globals[name] = with_values_changed(installed)


def _in_zone(value: datetime, zone: str) -> datetime:
    if value.tzinfo is None:
        message = "a time without a zone has no place on a page: the value must be aware"
        raise ValueError(message)
    return value.astimezone(ZoneInfo(zone))


def _date_and_time(local: datetime, width: Width, locale: Locale) -> str:
    joined = str(get_datetime_format(width, locale=locale)).replace("'", "")
    date = format_date(local.date(), width, locale=locale)
    time = format_skeleton("Hm", local, tzinfo=local.tzinfo, locale=locale)
    return joined.replace("{0}", time).replace("{1}", date)


def _zone(local: datetime, zone: str, locale: Locale) -> str:
    """Name the zone by its city and its distance from UTC, or by the latter alone."""
    offset = _offset(local)
    known_as = get_global("zone_aliases").get(zone, zone)
    if get_global("zone_territories").get(known_as, "ZZ") == "ZZ":
        return offset
    city = get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True)
    time_there = locale.zone_formats["region"] % city
    return f"{city if '(' in time_there else time_there}, {offset}"


def _offset(local: datetime) -> str:
    minutes_east = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    if not minutes_east:
        return "UTC"
    hours, minutes = divmod(abs(minutes_east), 60)
    sign = "+" if minutes_east > 0 else MINUS
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")
