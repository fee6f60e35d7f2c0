"""The fingerprint of the status view changes when the view does, and only then."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

from letters.domain.applicant_view import ApplicantView, applicant_view
from letters.domain.policy import RequestPolicy
from letters.domain.seen import fingerprint
from letters.domain.status import ApplicationStatus, RequestStatus
from tests.domain.builders import BLINK, CLOSES, DUE, NOW, REQUESTED_AT, request, terms

INSTANTS = (NOW, DUE, DUE + BLINK, CLOSES, CLOSES + BLINK)


def _views() -> list[ApplicantView]:
    """Return the views of many applications, some of which look the same."""
    everything = product(
        RequestPolicy, ApplicationStatus, RequestStatus, RequestStatus, (False, True), INSTANTS
    )
    return [
        applicant_view(terms(policy), status, [request(one, noticed=noticed), request(other)], now)
        for policy, status, one, other, noticed, now in everything
    ]


def test_what_looks_different_has_another_fingerprint_and_what_looks_the_same_has_not() -> None:
    views = _views()
    by_print = {fingerprint(view): view for view in views}
    assert all(by_print[fingerprint(view)] == view for view in views)
    assert 100 < len(by_print) < len(views)


def test_the_clock_alone_changes_it_where_it_changes_the_view() -> None:
    def at(now_plus: timedelta) -> str:
        awaited = [request(RequestStatus.REQUESTED), request(RequestStatus.RECEIVED)]
        status = ApplicationStatus.SELECTED
        return fingerprint(applicant_view(terms(), status, awaited, DUE + now_plus))

    assert at(timedelta(days=-3)) == at(timedelta())
    assert at(timedelta()) != at(BLINK)
    assert at(BLINK) == at(CLOSES - DUE)
    assert at(CLOSES - DUE) != at(CLOSES - DUE + BLINK)


def test_a_name_and_an_instant_count_too() -> None:
    asked = request(RequestStatus.REQUESTED)
    others = (
        replace(asked, referee_name="Prof. \ud800 Halvorsen"),
        replace(asked, requested_at=REQUESTED_AT + BLINK),
        replace(asked, terms=terms(due_at=DUE + BLINK)),
    )
    prints = {
        fingerprint(applicant_view(terms(), ApplicationStatus.SELECTED, [one], NOW))
        for one in (asked, *others)
    }
    assert len(prints) == 1 + len(others)
    assert all(len(one) == 64 and int(one, 16) >= 0 for one in prints)
