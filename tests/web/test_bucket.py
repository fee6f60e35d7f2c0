"""A letter that is kept in a bucket, from the referee's upload to the coordinator's download."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from letters.adapters.objectstore import ObjectStore
from letters.house import House
from letters.services.work import Works
from letters.settings import Settings
from tests.adapters.faulty_s3 import SILENT, FaultyS3, answer
from tests.support import pdfs
from tests.support.houses import SqliteDatabases, settings_for
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.support.s3 import BUCKET, S3Server, access_to, in_bucket
from tests.support.server import free_port
from tests.web import scenes
from tests.web.visiting import (
    CORA,
    Visitor,
    assert_words,
    follow,
    heading,
    press,
    send,
    signed_in,
    to_application,
    to_letter,
)

DOWNLOAD = "Download the letter of Prof. Ada Ferreira"
SOON = timedelta(seconds=0.3)


@pytest.fixture
def settings(sqlite_databases: SqliteDatabases, tmp_path: Path, s3: S3Server) -> Iterator[Settings]:
    """Settings with the letters in a bucket."""
    with sqlite_databases.fresh() as url:
        yield in_bucket(settings_for(url, tmp_path), s3)


def reach_it_at(app: Flask, house: House, url: str) -> None:
    """Let the application look for its bucket at `url`."""
    tools = replace(house.works.tools, store=ObjectStore(BUCKET, "p", access_to(url), SOON))
    app.extensions["letters"] = replace(house, works=Works(house.database, tools))


def test_a_letter_goes_into_the_bucket_and_comes_out_again(
    app: Flask, client: Visitor, story: Story, s3: S3Server
) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    letter = pdfs.letter_pdf()

    receipt = follow(client, send(client, story.upload_token(asked), letter))

    assert (receipt.status_code, heading(receipt)) == (200, "Your letter for Mira Lindqvist is in")
    ((name, _),) = story.house.works.tools.store.names()
    place = story.house.settings.store_url.removeprefix("s3://")
    assert b"PDF" not in s3.request("GET", f"{place}/{name}")[:1000]
    cora = signed_in(app, story.house, CORA)
    downloaded = press(cora, cora.get(f"/coordinate/applications/{asked}"), DOWNLOAD)
    assert (downloaded.status_code, downloaded.data) == (200, letter)


def test_with_the_bucket_out_of_reach_nothing_is_called_received(
    app: Flask, client: Visitor, story: Story, subtests: pytest.Subtests
) -> None:
    token = story.upload_token(scenes.requested(story))
    with (
        FaultyS3(SILENT) as silent,
        FaultyS3(answer("403 Forbidden", "AccessDenied")) as refusing,
    ):
        down = f"http://127.0.0.1:{free_port()}"
        for url in (down, silent.url, refusing.url):
            reach_it_at(app, story.house, url)
            began = time.monotonic()
            with subtests.test(url), unchanged(story.house.database):
                assert_words(
                    send(client, token),
                    503,
                    "Your letter was not saved",
                    "Your letter was not saved. Please try again in a few minutes.",
                    to_letter(token),
                )
                assert time.monotonic() - began < 5
    app.extensions["letters"] = story.house
    assert send(client, token).status_code == 303


def test_a_full_bucket_is_said_as_such(app: Flask, client: Visitor, story: Story) -> None:
    token = story.upload_token(scenes.requested(story))
    with (
        FaultyS3(answer("507 Insufficient Storage", "XMinioStorageFull")) as full,
        unchanged(story.house.database),
    ):
        reach_it_at(app, story.house, full.url)
        assert send(client, token).status_code == 507


def test_a_letter_that_cannot_be_fetched_now_says_so(app: Flask, story: Story) -> None:
    story.add_coordinator()
    asked = scenes.requested(story)
    scenes.letter_in(story, asked)
    cora = signed_in(app, story.house, CORA)
    page = cora.get(f"/coordinate/applications/{asked}")
    reach_it_at(app, story.house, f"http://127.0.0.1:{free_port()}")
    with unchanged(story.house.database):
        assert_words(
            press(cora, page, DOWNLOAD),
            503,
            "The letter cannot be read",
            "The letter cannot be fetched at the moment. Please try again in a few minutes.",
            to_application(asked),
        )
