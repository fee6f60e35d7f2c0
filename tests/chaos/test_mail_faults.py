"""A mail server that misbehaves in every way: no mail is lost, and none doubled without need."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import groupby
from pathlib import Path

import pytest

from letters.domain.journal import Fact, MessageKind
from letters.domain.pacing import Rates
from letters.records import OutboxStatus
from tests.chaos.posting import MAILS_EACH, PostOffice, post_office
from tests.chaos.report import Seen
from tests.services import scenes
from tests.support.clock import TestClock
from tests.support.houses import SqliteDatabases, house_on, settings_for
from tests.support.mishaps import Deed, Mishap, Stage, refusal
from tests.support.people import A_DAY, START, Story, tell
from tests.support.thorough import LONG, rounds

pytestmark = pytest.mark.timeout(1800)

PER_ANSWER, PER_MAIL = 0.25, 0.5
"""Seconds; a server that is silent, and one that trickles, are waited for no longer."""
CODES = (421, 450, 451, 452, 550, 554)
REFUSING = (Stage.BANNER, Stage.HELLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.TAKEN)
ABOUT_THE_MAIL = frozenset({Stage.RCPT, Stage.DATA, Stage.TAKEN})
"""What is refused for good before a recipient is named is about us, and tried again."""
ABOUT_THE_SERVER = frozenset({Stage.BANNER, Stage.HELLO, Stage.STARTTLS, Stage.AUTH, Stage.MAIL})
"""What fails before a recipient is named befalls one mail, and the others wait unharmed."""
SLOW = frozenset({Deed.SILENCE, Deed.TRICKLE})


class Verdict(Enum):
    """What a fault means for the mails it befalls."""

    TRIED_AGAIN = auto()
    GIVEN_UP = auto()
    DOUBLED = auto()
    """The server has taken them, and nobody can know."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault; without a mishap, a server that is not there.

    `among` says how many kinds of one name share the mails of a full run.
    """

    name: str
    mishap: Mishap | None
    verdict: Verdict = Verdict.TRIED_AGAIN
    among: int = 1

    @property
    def mails(self) -> int:
        """How many mails it befalls."""
        return rounds(short=MAILS_EACH, long=200 // self.among)

    @property
    def is_the_servers(self) -> bool:
        """Whether any other mail would fail as well."""
        return self.mishap is None or self.mishap.stage in ABOUT_THE_SERVER


def _refusals() -> Iterator[Kind]:
    """Every code at every stage; two of them at each within the ordinary tests."""
    for number, stage in enumerate(REFUSING):
        for code in CODES if LONG else (CODES[number % 4], CODES[4 + number % 2]):
            for_good = stage in ABOUT_THE_MAIL and code >= 500
            verdict = Verdict.GIVEN_UP if for_good else Verdict.TRIED_AGAIN
            yield Kind(f"{stage.value} refused", refusal(stage, code), verdict, among=5)


KINDS = (
    Kind("nobody listens", None),
    Kind("silent at the banner", Mishap(Stage.BANNER, Deed.SILENCE)),
    *_refusals(),
    Kind("TLS fails", Mishap(Stage.HELLO, Deed.OFFER_NO_TLS)),
    Kind("TLS fails", refusal(Stage.STARTTLS, 454)),
    Kind("TLS fails", Mishap(Stage.STARTTLS, Deed.SPEAK_NO_TLS)),
    Kind("TLS fails", Mishap(Stage.STARTTLS, Deed.HANG_UP)),
    Kind("TLS fails", Mishap(Stage.STARTTLS, Deed.SHOW_A_STRANGERS_CERTIFICATE)),
    Kind("AUTH fails", refusal(Stage.AUTH, 535)),
    Kind("AUTH fails", refusal(Stage.AUTH, 454)),
    Kind("AUTH fails", Mishap(Stage.AUTH, Deed.HANG_UP)),
    Kind("dropped before DATA", Mishap(Stage.BANNER, Deed.HANG_UP)),
    Kind("dropped before DATA", Mishap(Stage.RCPT, Deed.HANG_UP)),
    Kind("dropped before DATA", Mishap(Stage.DATA, Deed.HANG_UP)),
    Kind("dropped in DATA", Mishap(Stage.CONTENT, Deed.HANG_UP)),
    Kind("dropped after DATA", Mishap(Stage.TAKEN, Deed.HANG_UP), Verdict.DOUBLED),
    Kind("silent after DATA", Mishap(Stage.TAKEN, Deed.SILENCE), Verdict.DOUBLED),
    Kind("byte by byte", Mishap(Stage.BANNER, Deed.TRICKLE), among=2),
    Kind("byte by byte", Mishap(Stage.RCPT, Deed.TRICKLE), among=2),
    Kind("byte by byte after DATA", Mishap(Stage.TAKEN, Deed.TRICKLE), Verdict.DOUBLED, among=2),
)


def _deliver_in_trouble(opened: PostOffice, kind: Kind) -> None:
    """A mishap befalls connections when they are made: none is kept from before it, or after."""
    opened.postman.mailer.close()
    if kind.mishap is None:
        with opened.nobody_listening() as postman:
            postman.deliver_all_due()
        return
    opened.sink.mishap = kind.mishap
    if kind.mishap.deed in SLOW:
        with opened.impatient(PER_ANSWER, PER_MAIL) as postman:
            postman.deliver_all_due()
    else:
        opened.postman.deliver_all_due()
        opened.postman.mailer.close()
    opened.sink.mishap = None


def _trouble(opened: PostOffice, kind: Kind) -> int:
    """Let a fault befall mails once; return how many of them the server took all the same."""
    before = opened.mails()
    opened.promise(kind.mails)
    promised = {row.id for row in opened.mails()} - {row.id for row in before}
    assert len(promised) == kind.mails
    taken = len(opened.sink.messages)
    _deliver_in_trouble(opened, kind)
    doubled = len(opened.sink.messages) - taken
    befallen = [row for row in opened.mails() if row.id in promised]
    gave_up = kind.verdict is Verdict.GIVEN_UP
    ended_as = OutboxStatus.DEAD if gave_up else OutboxStatus.QUEUED
    met = [row for row in befallen if row.attempts]
    assert len(met) == (1 if kind.is_the_servers else kind.mails)
    assert {(row.status, row.attempts) for row in met} == {(ended_as, 1)}
    assert {row.status for row in befallen} == {ended_as}
    assert [row for row in befallen if row.last_error] == met
    assert doubled > 0 if kind.verdict is Verdict.DOUBLED else doubled == 0

    opened.deliver_until_all_have_ended()
    dead = {row.id for row in opened.mails(OutboxStatus.DEAD) if row not in before}
    assert promised <= dead if gave_up else promised.isdisjoint(dead)
    assert set(opened.taken().values()) <= {1, 2}
    return doubled


def test_whatever_the_mail_server_does_each_mail_arrives_or_is_told_of(
    sqlite_databases: SqliteDatabases, tmp_path: Path, seen: Seen, subtests: pytest.Subtests
) -> None:
    for name, kinds in groupby(KINDS, key=lambda kind: kind.name):
        clock = TestClock(START)
        with (
            sqlite_databases.fresh() as url,
            house_on(settings_for(url, tmp_path), clock) as house,
            post_office(tell(house), clock, tmp_path) as opened,
        ):
            befallen = copies = 0
            for kind in kinds:
                with subtests.test(str(kind)):
                    copies += _trouble(opened, kind)
                    befallen += kind.mails
                    assert opened.copies() == copies
            opened.assert_all_is_well()
            dead = opened.mails(OutboxStatus.DEAD)
            assert _told(opened) == sorted(str(row.id) for row in dead)
            arrived = len(opened.taken())
        notices = sum(row.kind is MessageKind.ADDRESS_BOUNCED for row in dead)
        seen(
            f"SMTP: {name}",
            mails=befallen,
            arrived=arrived,
            given_up=len(dead) - notices,
            notices_of_that_given_up=notices,
            copies=copies,
        )


def _told(opened: PostOffice) -> list[str]:
    """Return which mails the coordinators were told nobody got."""
    entries = scenes.journal(opened.story.house)
    return sorted(e.details["outbox"] for e in entries if e.fact is Fact.MAIL_GIVEN_UP)


@pytest.mark.parametrize(
    ("deed", "answer", "verdict"),
    [
        (Deed.REFUSE, "550 5.1.1 No such mailbox", OutboxStatus.DEAD),
        (Deed.REFUSE, "451 4.2.1 Greylisted", OutboxStatus.QUEUED),
        (Deed.HANG_UP, "", OutboxStatus.QUEUED),
        (Deed.SILENCE, "", OutboxStatus.QUEUED),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_bad_recipient_holds_up_nobody(
    story: Story, clock: TestClock, tmp_path: Path, deed: Deed, answer: str, verdict: OutboxStatus
) -> None:
    with post_office(story, clock, tmp_path) as opened:
        opened.promise(2 * MAILS_EACH)
        opened.sink.mishap = Mishap(Stage.RCPT, deed, answer, recipient="ada.0@example.edu")
        with opened.impatient(PER_ANSWER, overall=30) as postman:
            postman.deliver_all_due()
        others = Counter(one.recipients for one in opened.sink.messages)
        assert len(others) == others.total() - 2, "two applicants had two mails"
        (bad,) = opened.mails(verdict)
        assert (bad.attempts, ("ada.0@example.edu",) in others) == (1, False)
        opened.sink.mishap = None
        opened.deliver_until_all_have_ended()
        opened.assert_all_is_well()
        assert opened.copies() == 0


# --- days without a mail server ---------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_after_five_days_without_a_mail_server_everything_arrives_and_nothing_at_once(
    story: Story, clock: TestClock, tmp_path: Path, seen: Seen
) -> None:
    mails = rounds(short=2 * MAILS_EACH, long=20 * MAILS_EACH)
    rate = rounds(short=6, long=30)
    with post_office(story, clock, tmp_path, Rates(overall=rate)) as opened:
        _live_without_a_server(opened, mails)
        attempts = sum(row.attempts for row in opened.mails())
        assert opened.mails(OutboxStatus.SENT, OutboxStatus.DEAD) == []
        opened.deliver_until_all_have_ended()
        opened.assert_all_is_well()
        sent = opened.mails(OutboxStatus.SENT)
        assert (len(sent), opened.copies()) == (mails, 0)
        most = _most_in_a_minute(sorted(row.sent_at for row in sent if row.sent_at is not None))
        assert most <= rate
        seen(
            "five days without SMTP",
            mails=mails,
            failed_attempts=attempts,
            arrived=len(sent),
            lost=0,
            most_in_a_minute=most,
            rate=rate,
        )


def _live_without_a_server(opened: PostOffice, mails: int) -> None:
    """Let five days pass; the second half of the mails falls due in the meantime."""
    clock, over = opened.clock, opened.clock.now() + 5 * A_DAY
    opened.promise(mails // 2)
    with opened.nobody_listening() as postman:
        while clock.now() < over:
            if clock.now() > over - 3 * A_DAY and len(opened.mails()) < mails:
                opened.promise(mails - mails // 2)
            postman.deliver_all_due()
            next_at = min(row.not_before for row in opened.mails(OutboxStatus.QUEUED))
            clock.set(min(over, max(clock.now(), next_at, postman.next_turn_at() or next_at)))


def _most_in_a_minute(instants: Sequence[datetime]) -> int:
    return max(
        sum(begin <= at < begin + timedelta(minutes=1) for at in instants) for begin in instants
    )
