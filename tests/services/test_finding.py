"""A link opens what it was made for, while it is the newest, and nothing else."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from letters.adapters.links import SignedLinks
from letters.domain.errors import (
    LinkInvalid,
    LinkReplaced,
    UnknownApplication,
    UnknownCoordinator,
    UnknownProgram,
    UnknownRequest,
)
from letters.house import House
from letters.ports import Purpose
from letters.records import new_id
from letters.services import finding, viewing
from letters.services.work import Work
from letters.settings import Settings
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.houses import SECRET, house_on
from tests.support.people import DUE, START, SYSTEM, Story

NEWER = "a-newer-secret-key-of-more-than-32-characters"


def opens(house: House, read: Callable[[Work, str], object], token: str) -> object:
    """Return what a link opens, or the kind of error."""
    with house.works.look(SYSTEM) as work:
        try:
            return read(work, token)
        except (LinkInvalid, LinkReplaced) as error:
            return type(error)


def upload_slot(work: Work, token: str) -> object:
    return finding.request_behind(work, Purpose.UPLOAD, token)[1].id


def status_view(work: Work, token: str) -> object:
    return finding.application_behind(work, token).id


# --- links ------------------------------------------------------------------------------------


def test_an_upload_link_opens_its_request(story: Story) -> None:
    application_id = story.apply()
    found = [
        opens(story.house, upload_slot, story.upload_token(application_id, position))
        for position in (1, 2)
    ]
    assert found == [request.id for request in story.application(application_id).requests]


def test_a_status_link_opens_its_application(story: Story) -> None:
    application_id = story.apply()
    assert opens(story.house, status_view, story.status_token(application_id)) == application_id


def flipped(token: str, place: int) -> str:
    changed = "A" if token[place] != "A" else "B"
    return token[:place] + changed + token[place + 1 :]


SPOILT: list[Callable[[str], str]] = [
    lambda _: "",
    lambda _: ".",
    lambda _: "\x00" * 100,
    lambda _: "a" * 1_000_000,
    lambda _: "é" * 50,
    lambda token: token[:-10],
    lambda token: token[: len(token) // 2],
    lambda token: token + "x",
    lambda token: " " + token,
    lambda token: flipped(token, 0),
    lambda token: flipped(token, 10),
    lambda token: flipped(token, token.index(".") + 3),
    lambda token: token.replace(".", ""),
    lambda token: token.upper(),
]


def test_a_link_that_was_tampered_with_opens_nothing(
    story: Story, subtests: pytest.Subtests
) -> None:
    application_id = story.apply()
    genuine = (
        (upload_slot, story.upload_token(application_id)),
        (status_view, story.status_token(application_id)),
    )
    for place, spoil in enumerate(SPOILT):
        for read, token in genuine:
            with subtests.test(place=place, read=read.__name__):
                assert opens(story.house, read, spoil(token)) is LinkInvalid


def test_a_link_for_another_purpose_opens_nothing(story: Story) -> None:
    application_id = story.apply()
    request = scenes.request_of(story, application_id)
    links = story.house.works.tools.links
    for purpose in set(Purpose) - {Purpose.UPLOAD}:
        token = links.mint(purpose, request.id, request.link_generation)
        assert opens(story.house, upload_slot, token) is LinkInvalid
    for purpose in set(Purpose) - {Purpose.STATUS}:
        token = links.mint(purpose, application_id, 1)
        assert opens(story.house, status_view, token) is LinkInvalid


def test_a_link_to_a_row_that_is_not_there_opens_nothing(story: Story) -> None:
    links = story.house.works.tools.links
    assert opens(story.house, upload_slot, links.mint(Purpose.UPLOAD, new_id(), 1)) is LinkInvalid
    assert opens(story.house, status_view, links.mint(Purpose.STATUS, new_id(), 1)) is LinkInvalid


def test_an_application_is_no_request_and_a_request_no_application(story: Story) -> None:
    application_id = story.apply()
    request = scenes.request_of(story, application_id)
    links = story.house.works.tools.links
    token = links.mint(Purpose.UPLOAD, application_id, 1)
    assert opens(story.house, upload_slot, token) is LinkInvalid
    assert opens(story.house, status_view, links.mint(Purpose.STATUS, request.id, 1)) is LinkInvalid


def test_raising_the_generation_replaces_every_earlier_link(story: Story) -> None:
    application_id = story.apply()
    old_upload, old_status = story.upload_token(application_id), story.status_token(application_id)
    scenes.change_request(story, application_id, link_generation=2)
    scenes.change_application(story, application_id, link_generation=2)

    assert opens(story.house, upload_slot, old_upload) is LinkReplaced
    assert opens(story.house, status_view, old_status) is LinkReplaced
    request = scenes.request_of(story, application_id)
    assert opens(story.house, upload_slot, story.upload_token(application_id)) == request.id
    assert opens(story.house, status_view, story.status_token(application_id)) == application_id


def test_a_replaced_link_says_whose_new_one_can_be_mailed(story: Story) -> None:
    application_id = story.apply()
    token = story.upload_token(application_id)
    scenes.change_request(story, application_id, link_generation=2)
    with pytest.raises(LinkReplaced) as refused, story.house.works.look(SYSTEM) as work:
        finding.request_behind(work, Purpose.UPLOAD, token)
    request = scenes.request_of(story, application_id)
    assert (refused.value.purpose, refused.value.row_id) == (Purpose.UPLOAD, request.id)


def test_a_link_of_a_generation_that_never_was_opens_nothing(story: Story) -> None:
    application_id = story.apply()
    request = scenes.request_of(story, application_id)
    links = story.house.works.tools.links
    assert opens(story.house, upload_slot, links.mint(Purpose.UPLOAD, request.id, 2)) is LinkInvalid


# --- changing the keys ------------------------------------------------------------------------


def with_keys(settings: Settings, *keys: str) -> Settings:
    return replace(settings, secret_keys=keys)


def test_links_live_as_long_as_their_key_is_in_the_list(
    story: Story, settings: Settings, clock: TestClock
) -> None:
    application_id = story.apply()
    request = scenes.request_of(story, application_id)
    old = story.upload_token(application_id)

    with house_on(with_keys(settings, NEWER, SECRET), clock) as rotated:
        new = rotated.works.tools.links.mint(Purpose.UPLOAD, request.id, 1)
        assert opens(rotated, upload_slot, old) == request.id
        assert opens(rotated, upload_slot, new) == request.id
    with house_on(with_keys(settings, NEWER), clock) as retired:
        assert opens(retired, upload_slot, old) is LinkInvalid
        assert opens(retired, upload_slot, new) == request.id


def test_the_newest_key_signs(story: Story) -> None:
    application_id = story.apply()
    links = SignedLinks([NEWER, SECRET], "http://127.0.0.1:8000")
    token = links.mint(Purpose.STATUS, application_id, 1)
    only_newer = SignedLinks([NEWER], "http://127.0.0.1:8000")
    assert only_newer.read(Purpose.STATUS, token).row_id == application_id


# --- by other names ---------------------------------------------------------------------------

UNFINDABLE = ["no-such-thing", "", "nul\x00", "lone\ud800", "x" * 100_000, "'; DROP TABLE programs"]


def test_what_is_not_there_is_unknown(story: Story, subtests: pytest.Subtests) -> None:
    for name in UNFINDABLE:
        with (
            subtests.test(name=name[:12].encode("unicode-escape")),
            story.house.works.look(SYSTEM) as work,
        ):
            with pytest.raises(UnknownProgram) as no_program:
                finding.program_by_slug(work, name)
            with pytest.raises(UnknownCoordinator) as no_coordinator:
                finding.coordinator_by_email(work, name)
            assert len(str(no_program.value)) + len(str(no_coordinator.value)) < 600


def test_ids_that_are_not_there_are_unknown(story: Story) -> None:
    application = story.application(story.apply())
    with story.house.works.look(SYSTEM) as work:
        with pytest.raises(UnknownApplication):
            finding.application(work, new_id())
        with pytest.raises(UnknownRequest):
            finding.application_of_request(work, new_id())
    with pytest.raises(UnknownRequest):
        finding.request_in(application, new_id())


def test_a_coordinator_is_found_whatever_the_case_of_the_address(story: Story) -> None:
    coordinator_id = story.add_coordinator("Cora@Alpine.example.org")
    with story.house.works.look(SYSTEM) as work:
        assert finding.coordinator_by_email(work, "cora@alpine.EXAMPLE.org").id == coordinator_id


# --- what pages show --------------------------------------------------------------------------


def test_the_upload_page_shows_the_request_and_its_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    token = story.upload_token(application_id)
    with story.house.works.look(SYSTEM) as work:
        before = viewing.upload_page(work, token)
    letter_id = scenes.send_letter(story, application_id)
    with story.house.works.look(SYSTEM) as work:
        after = viewing.upload_page(work, token)
    assert (before.slot, before.letter) == ("open", None)
    assert (after.slot, after.letter and after.letter.id) == ("received", letter_id)
    assert (after.application.id, after.request.referee_name) == (
        application_id,
        "Prof. Ada Ferreira",
    )


def test_the_upload_page_shows_the_date_of_its_own_request(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.change_request(story, application_id, extended_due_at=scenes.CLOSES)
    with story.house.works.look(SYSTEM) as work:
        shown = [
            viewing.upload_page(work, story.upload_token(application_id, position)).terms.due_at
            for position in (1, 2)
        ]
    assert shown == [scenes.CLOSES, DUE]


def test_the_status_view_shows_every_referee_and_nothing_of_a_letter(story: Story) -> None:
    application_id = scenes.requested(story)
    scenes.send_letter(story, application_id)
    scenes.decline(story, application_id, 2, "A private matter")
    with story.house.works.look(SYSTEM) as work:
        shown = viewing.status_page(work, story.status_token(application_id))
    assert [(line.name, line.status) for line in shown.view.referees] == [
        ("Prof. Ada Ferreira", "received"),
        ("Dr. Bram de Wit", "declined"),
    ]
    (letter,) = scenes.letters(story.house)
    for secret in ("private", letter.file_name, letter.sha256, str(letter.id)):
        assert secret not in repr(shown.view)


def test_a_house_opens_nothing_before_it_is_used(settings: Settings, tmp_path: Path) -> None:
    with house_on(settings, TestClock(START)) as house:
        assert house.mail_folder == tmp_path / "mail"
        assert not house.mail_folder.exists()
        assert scenes.files(house) == {}
