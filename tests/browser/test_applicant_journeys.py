"""The applicant, from the program's page until all letters are in.

The whole way is gone with a mouse on a phone, with a keyboard alone, and without scripts; the
other ways once each. With axe on every page passed, save where the same ones were passed before.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from tests.browser import applicant_journeys as journeys
from tests.browser.applicant_stations import ADA, BRAM, CHIYO, MIRA
from tests.browser.conftest import Site
from tests.browser.person import KeyboardPerson, Person
from tests.services import scenes
from tests.support.browser import DESKTOP, PHONE, no_horizontal_scroll
from tests.support.served import Served

Check = Callable[[Page], None]
Open = Callable[..., Page]

LIGHT_PHONE = pytest.mark.parametrize("page", [(PHONE, "light")], indirect=True, ids=["phone"])
DARK_DESKTOP = pytest.mark.parametrize("page", [(DESKTOP, "dark")], indirect=True, ids=["desktop"])


@pytest.fixture
def selecting(site: Site) -> Iterator[Site]:
    """A site whose program asks for letters only where the committee selects."""
    yield site
    assert scenes.breaches(site.house) == []


@pytest.fixture
def asking(site: Site) -> Iterator[Site]:
    """A site with a program that asks for letters as soon as somebody submits."""
    yield replace(site, story=scenes.automatic(site.house, min_letters=2))
    assert scenes.breaches(site.house) == []


@LIGHT_PHONE
def test_all_the_way_on_a_phone(asking: Site, page: Page, well_made: Check) -> None:
    journeys.asked_at_once(Person(asking, page, MIRA, well_made))


@DARK_DESKTOP
def test_all_the_way_with_the_keyboard_alone(asking: Site, page: Page) -> None:
    journeys.asked_at_once(KeyboardPerson(asking, page, MIRA, lambda _: None))


def test_all_the_way_without_scripts(asking: Site, plain_page: Open) -> None:
    page = plain_page(javascript=False)
    served = Served(page)

    def look(at: Page) -> None:
        served.check()
        no_horizontal_scroll(at)

    journeys.asked_at_once(Person(asking, page, MIRA, look))


@LIGHT_PHONE
def test_selected_with_the_referees_in_browsers_of_their_own(
    selecting: Site, page: Page, plain_page: Open, well_made: Check
) -> None:
    ada = Person(selecting, plain_page(), ADA.email, well_made)
    chiyo = Person(selecting, plain_page(scheme="dark"), CHIYO.email, well_made)
    journeys.selected(Person(selecting, page, MIRA, well_made), ada, chiyo)


@LIGHT_PHONE
def test_never_selected(selecting: Site, page: Page, well_made: Check) -> None:
    journeys.not_selected(Person(selecting, page, MIRA, well_made))
    assert [selecting.mails_to(referee.email) for referee in (ADA, BRAM)] == [[], []]


@LIGHT_PHONE
def test_a_draft_is_resumed_on_another_device(
    selecting: Site, page: Page, plain_page: Open, well_made: Check
) -> None:
    desk = Person(selecting, plain_page(), MIRA, well_made)
    journeys.resumed(Person(selecting, page, MIRA, well_made), desk)


@LIGHT_PHONE
def test_a_lost_link_is_mailed_again(selecting: Site, page: Page, well_made: Check) -> None:
    journeys.lost(Person(selecting, page, MIRA, well_made))
