"""Calls that change an application and are answered with it, as it stands then."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from flask import Response

from letters.records import Application
from letters.services.work import Work
from letters.web.api import keys
from letters.web.api.answers import application_facts, with_status_url
from letters.web.api.once import answer_once


def application_changed(
    application_id: UUID, use_case: Callable[[Work, UUID], Application]
) -> Response:
    """Let a use case change an application that the key may know of."""

    def change(work: Work) -> Application:
        keys.application(work, application_id)
        return use_case(work, application_id)

    return application_once(change)


def application_once(
    do: Callable[[Work], Application], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Answer with the application that `do` returns, done once under an Idempotency-Key."""
    return answer_once(lambda work: application_facts(work, do(work)), status, with_status_url)
