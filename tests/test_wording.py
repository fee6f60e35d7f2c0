"""Dates, sizes and sentences as a person reads them."""

from datetime import UTC, datetime, timedelta

import pytest
from jinja2 import Environment

from letters import wording
from letters.domain.erasing import ERASED

DUE = datetime(2027, 4, 1, 21, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Zurich", "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"),
        ("America/New_York", "Thursday, 1 April 2027, 17:59 (New York Time, UTC−4)"),  # noqa: RUF001 -- a minus sign
        ("Asia/Kolkata", "Friday, 2 April 2027, 03:29 (Kolkata Time, UTC+5:30)"),
        ("Asia/Calcutta", "Friday, 2 April 2027, 03:29 (Kolkata Time, UTC+5:30)"),
        ("America/St_Johns", "Thursday, 1 April 2027, 19:29 (St John’s Time, UTC−2:30)"),  # noqa: RUF001 -- a minus sign
        ("Africa/Abidjan", "Thursday, 1 April 2027, 21:59 (Abidjan Time, UTC)"),
        ("UTC", "Thursday, 1 April 2027, 21:59 (UTC)"),
        ("Etc/GMT+12", "Thursday, 1 April 2027, 09:59 (UTC−12)"),  # noqa: RUF001 -- a minus sign
    ],
)
def test_an_instant_names_weekday_and_zone(zone: str, expected: str) -> None:
    assert wording.instant(DUE, zone, "en") == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_US", "Thursday, April 1, 2027, 23:59 (Zurich Time, UTC+2)"),
        ("de", "Donnerstag, 1. April 2027, 23:59 (Zürich, UTC+2)"),
        ("fr", "jeudi 1 avril 2027, 23:59 (heure : Zurich, UTC+2)"),
        ("ja", "2027年4月1日木曜日 23:59 (チューリッヒ時間, UTC+2)"),
        ("pt-BR", "quinta-feira, 1 de abril de 2027 23:59 (Horário Zurique, UTC+2)"),
    ],
)
def test_an_instant_follows_the_language(locale: str, expected: str) -> None:
    assert wording.instant(DUE, "Europe/Zurich", locale) == expected


@pytest.mark.parametrize("locale", ["xx", "no such language", "", "../../etc"])
def test_an_unknown_language_is_english(locale: str) -> None:
    assert wording.moment(DUE, "Europe/Zurich", locale) == "1 April 2027, 23:59"


@pytest.mark.parametrize(
    ("hour", "expected"), [(0, "1 April 2027, 00:00"), (12, "1 April 2027, 12:00")]
)
def test_noon_and_midnight_cannot_be_confused(hour: int, expected: str) -> None:
    for locale in ("en", "en_GB"):
        value = datetime(2027, 4, 1, hour, tzinfo=UTC)
        assert wording.moment(value, "UTC", locale) == expected


def test_no_language_uses_a_clock_of_twelve_hours() -> None:
    afternoon = datetime(2027, 4, 1, 15, 7, tzinfo=UTC)
    for locale in ("en", "en_US", "en_AU", "hi", "ko", "es_MX"):
        assert "15" in wording.moment(afternoon, "UTC", locale)


def test_the_day_is_the_one_in_the_zone() -> None:
    assert wording.day(DUE, "Europe/Zurich", "en") == "1 April 2027"
    assert wording.day(DUE, "Asia/Tokyo", "en") == "2 April 2027"


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (datetime(2027, 3, 31, 22, 0, tzinfo=UTC), "31 March 2027"),
        (datetime(2027, 3, 31, 22, 1, tzinfo=UTC), "1 April 2027"),
        (datetime(2027, 4, 1, 21, 59, tzinfo=UTC), "1 April 2027"),
    ],
)
def test_what_is_due_at_midnight_is_to_be_sent_the_day_before(due: datetime, expected: str) -> None:
    assert wording.last_day(due, "Europe/Zurich", "en") == expected


def test_a_time_without_a_zone_is_refused() -> None:
    naive = DUE.replace(tzinfo=None)
    for form in (wording.instant, wording.moment, wording.day, wording.last_day):
        with pytest.raises(ValueError, match="aware"):
            form(naive, "Europe/Zurich", "en")


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1, "1 kB"),
        (219_136, "214 kB"),
        (1024 * 1024 - 1, "1 MB"),
        (1_300_000, "1.2 MB"),
        (10 * 1024 * 1024, "10 MB"),
    ],
)
def test_a_size_is_short(size: int, expected: str) -> None:
    assert wording.file_size(size, "en") == expected


def test_a_size_follows_the_language() -> None:
    assert wording.file_size(1_300_000, "de") == "1,2 MB"


def test_a_sentence_is_translated_before_it_is_filled() -> None:
    catalogue = {"At most %(limit)s letters.": "Höchstens %(limit)s Briefe."}
    said = wording.sentence("At most %(limit)s letters.", {"limit": 5}, catalogue.__getitem__)
    assert said == "Höchstens 5 Briefe."


def test_templates_speak_the_language_of_the_moment() -> None:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # by the extension
    language = "en"
    wording.install(environment, lambda: language, str)
    template = environment.from_string(
        "{{ at|instant(zone) }} / {{ at|moment(zone) }} / {{ at|day(zone) }} / "
        "{{ at|last_day(zone) }} / {{ size|file_size }}"
    )
    facts = {"at": DUE + timedelta(minutes=1), "zone": "Europe/Zurich", "size": 2048}

    assert template.render(facts) == (
        "Friday, 2 April 2027, 00:00 (Zurich Time, UTC+2) / 2 April 2027, 00:00 / "
        "2 April 2027 / 1 April 2027 / 2 kB"
    )
    language = "de"
    assert template.render(facts).startswith("Freitag, 2. April 2027, 00:00")


def test_what_stands_for_an_erased_name_is_said_in_the_readers_language() -> None:
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]  # by the extension
    wording.install(environment, lambda: "de", {"erased": "<gelöscht>"}.__getitem__)
    template = environment.from_string(
        "{{ name }} / {{ _('of %(name)s', name=name) }} / "
        "{% trans name=name %}by {{ name }}{% endtrans %} / "
        "{{ ngettext('%(name)s once', '%(name)s %(num)s times', 2, name=name) }} / erased"
    )
    said = "&lt;gelöscht&gt;"
    assert template.render(name=ERASED) == (
        f"{said} / of {said} / by {said} / {said} 2 times / erased"
    )
    assert (
        template.render(name="Erased") == "Erased / of Erased / by Erased / Erased 2 times / erased"
    )
