"""Who works on a program: invited by mail, given a role, removed, and never the last manager."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from letters.domain.errors import (
    AccessDenied,
    AlreadyJoined,
    InvalidInput,
    LastManager,
    LinkExpired,
    LinkInvalid,
    LinkUsed,
    UnknownMember,
)
from letters.domain.journal import ActorKind, Fact, MessageKind
from letters.domain.roles import Role
from letters.ports import Purpose
from letters.records import Coordinator, JournalEntry, OutboxMessage, Program, new_id
from letters.services import administering, inviting, people, sessions, signing_in, verifying
from letters.services.composing import compose
from letters.services.inviting import INVITATION_LIFETIME
from letters.services.people import Invitee
from letters.services.work import Actor, Work
from tests.services.scenes import BLINK, nothing_changed
from tests.support.clock import TestClock
from tests.support.once import played_once
from tests.support.people import FELLOWSHIP, OPERATOR, SYSTEM, Story, tell

CORA = "cora@alpine.example.org"
IRIS = Invitee("Iris Novak", "iris@alpine.example.org", "reader")


@dataclass(frozen=True)
class Desk:
    """One who acts on the people of a program."""

    story: Story
    by: UUID

    def change(self, act: Callable[[Work, Program, Coordinator], object]) -> None:
        """Do something as this person, in a transaction of its own."""
        with self.story.house.works.change(Actor(ActorKind.COORDINATOR, "web", self.by)) as work:
            me = work.session.get_one(Coordinator, self.by)
            act(work, people.locked(work, me, self.story.slug), me)

    def invite(self, typed: Invitee = IRIS) -> UUID:
        """Invite somebody; return whom."""
        self.change(lambda work, program, _: people.invite(work, program, typed))
        with self.story.house.works.look(SYSTEM) as work:
            query = select(Coordinator.id).where(Coordinator.email == typed.email.lower())
            return work.session.scalars(query).one()

    def invite_again(self, person: UUID) -> None:
        """Mail the invitation once more."""
        self.change(lambda work, program, _: people.invite_again(work, program, person))

    def change_role(self, person: UUID, role: Role) -> None:
        """Give somebody another role."""
        self.change(lambda work, program, me: people.change_role(work, program, me, person, role))

    def remove(self, person: UUID) -> None:
        """End somebody's work on the program."""
        self.change(lambda work, program, me: people.remove(work, program, me, person))


@pytest.fixture
def cora(story: Story) -> Desk:
    """Cora, who manages the internship and has signed in."""
    return Desk(story, _arrived(story))


@played_once
def _arrived(story: Story) -> UUID:
    with story.house.works.change(OPERATOR) as work:
        person = administering.add_coordinator(work, CORA, "Cora", [story.slug])
        sessions.arrived(work, person)
        return person.id


def roles(story: Story) -> dict[str, Role]:
    with story.house.works.look(SYSTEM) as work:
        program = work.session.scalars(select(Program).where(Program.slug == story.slug)).one()
        return {one.coordinator.name: one.role for one in people.members(work, program)}


def person(story: Story, person_id: UUID) -> Coordinator:
    with story.house.works.look(SYSTEM) as work:
        return work.session.get_one(Coordinator, person_id)


def written(story: Story) -> list[tuple[Fact, dict[str, str]]]:
    facts = (Fact.COORDINATOR_INVITED, Fact.ROLE_CHANGED, Fact.COORDINATOR_REMOVED)
    with story.house.works.look(SYSTEM) as work:
        query = select(JournalEntry).where(JournalEntry.fact.in_(facts)).order_by(JournalEntry.seq)
        return [(entry.fact, entry.details) for entry in work.session.scalars(query)]


def invitations(story: Story) -> list[dict[str, object] | None]:
    """Return what each invitation says if it is mailed now; None for one that is not sent."""
    with story.house.works.look(SYSTEM) as work:
        query = select(OutboxMessage).where(OutboxMessage.kind == MessageKind.INVITATION)
        made = [compose(work, row) for row in work.session.scalars(query.order_by("created_at"))]
    return [None if one is None else {"to": one.to, **one.facts} for one in made]


def token_for(story: Story, person_id: UUID) -> str:
    with story.house.works.look(SYSTEM) as work:
        found = work.session.get_one(Coordinator, person_id)
        return inviting.invitation_url(work, found).rpartition("/")[2]


def use(story: Story, token: str) -> UUID:
    with story.house.works.change(SYSTEM) as work:
        return inviting.use_invitation(work, token, "").coordinator_id


# --- inviting ---------------------------------------------------------------------------------


def test_who_is_invited_works_on_the_program_at_once_and_is_mailed(cora: Desk) -> None:
    iris = cora.invite()
    story = cora.story
    assert roles(story) == {"Cora": Role.MANAGER, "Iris Novak": Role.READER}
    details = {"coordinator": str(iris), "role": "reader"}
    assert written(story) == [(Fact.COORDINATOR_INVITED, details)]
    [mail] = invitations(story)
    assert mail is not None
    expected = {"to": IRIS.email, "inviter_name": "Cora", "role": "reader"}
    assert {name: mail[name] for name in expected} == expected
    assert str(mail["url"]).endswith(f"/coordinate/invitation/{token_for(story, iris)}")
    with story.house.works.look(SYSTEM) as work:
        assert verifying.verify(work) == []


def test_who_has_signed_in_before_is_told_without_a_link_that_signs_in(cora: Desk) -> None:
    other = tell(cora.story.house, FELLOWSHIP)
    noor = other.add_coordinator("noor@lakeside.example.edu", "Noor")
    with other.house.works.change(SYSTEM) as work:
        sessions.arrived(work, work.session.get_one(Coordinator, noor))
    cora.invite(Invitee("Somebody Else", "NOOR@lakeside.example.edu", "viewer"))
    assert roles(cora.story)["Noor"] is Role.VIEWER
    [mail] = invitations(cora.story)
    assert mail is not None
    assert (mail["until"], str(mail["url"]).rpartition("/")[2]) == (None, cora.story.slug)
    assert person(cora.story, noor).invited_until is None


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        (Invitee("", "", ""), ["name", "email", "role"]),
        (Invitee("Iris", "iris@", "owner"), ["email", "role"]),
        (Invitee("Cora", CORA.upper(), "viewer"), ["email"]),
    ],
)
def test_all_that_is_wrong_is_said_at_once(cora: Desk, typed: Invitee, fields: list[str]) -> None:
    with nothing_changed(cora.story.house), pytest.raises(InvalidInput) as caught:
        cora.invite(typed)
    assert [problem.field for problem in caught.value.problems] == fields


@pytest.mark.parametrize("role", [Role.VIEWER, Role.READER])
def test_only_who_manages_the_program_changes_its_people(cora: Desk, role: Role) -> None:
    iris = cora.invite(Invitee("Iris", IRIS.email, role.value))
    with nothing_changed(cora.story.house), pytest.raises(AccessDenied):
        Desk(cora.story, iris).change_role(iris, Role.MANAGER)


# --- the invitation's link --------------------------------------------------------------------


def test_an_invitation_signs_in_once_within_a_week(cora: Desk, clock: TestClock) -> None:
    iris = cora.invite()
    token = token_for(cora.story, iris)
    clock.advance(INVITATION_LIFETIME)
    with nothing_changed(cora.story.house), cora.story.house.works.look(SYSTEM) as work:
        assert [inviting.check_invitation(work, token).id for _ in range(3)] == [iris] * 3
    assert use(cora.story, token) == iris
    assert person(cora.story, iris).joined_at == clock.now()
    with pytest.raises(LinkUsed):
        use(cora.story, token)


def test_an_invitation_expires_until_it_is_mailed_again(cora: Desk, clock: TestClock) -> None:
    iris = cora.invite()
    token = token_for(cora.story, iris)
    clock.advance(INVITATION_LIFETIME + BLINK)
    assert invitations(cora.story) == [None]
    with nothing_changed(cora.story.house), pytest.raises(LinkExpired):
        use(cora.story, token)
    cora.invite_again(iris)
    assert use(cora.story, token) == iris
    assert timedelta(days=7) == INVITATION_LIFETIME


def test_who_signs_in_by_a_mailed_link_has_joined_too(cora: Desk) -> None:
    iris = cora.invite()
    token = token_for(cora.story, iris)
    with cora.story.house.works.change(OPERATOR) as work:
        link = signing_in.make_link(work, IRIS.email).rpartition("/")[2]
    with cora.story.house.works.change(SYSTEM) as work:
        signing_in.use_link(work, link, None, "")
    assert person(cora.story, iris).joined_at is not None
    with pytest.raises(LinkExpired):
        use(cora.story, token)
    with nothing_changed(cora.story.house), pytest.raises(AlreadyJoined):
        cora.invite_again(iris)


def test_a_link_to_nobody_opens_nothing(cora: Desk) -> None:
    iris = cora.invite()
    mint = cora.story.house.works.tools.links.mint
    for wrong in (
        mint(Purpose.INVITATION, new_id(), 1),
        mint(Purpose.INVITATION, iris, 2),
        mint(Purpose.DIGEST, iris, 1),
    ):
        with pytest.raises(LinkInvalid):
            use(cora.story, wrong)


# --- changing and removing --------------------------------------------------------------------


def test_a_role_is_changed_and_written_down_once(cora: Desk) -> None:
    iris = cora.invite()
    cora.change_role(iris, Role.MANAGER)
    with nothing_changed(cora.story.house):
        cora.change_role(iris, Role.MANAGER)
    assert roles(cora.story)["Iris Novak"] is Role.MANAGER
    changed = (Fact.ROLE_CHANGED, {"coordinator": str(iris), "role": "manager"})
    assert written(cora.story)[1:] == [changed]


def test_a_withdrawn_invitation_opens_nothing_and_is_not_mailed(cora: Desk) -> None:
    iris = cora.invite()
    token = token_for(cora.story, iris)
    cora.remove(iris)
    assert roles(cora.story) == {"Cora": Role.MANAGER}
    assert [fact for fact, _ in written(cora.story)][-1] is Fact.COORDINATOR_REMOVED
    assert invitations(cora.story) == [None]
    with pytest.raises(LinkExpired):
        use(cora.story, token)
    with pytest.raises(UnknownMember):
        cora.remove(iris)


def test_an_invitation_to_another_program_stays_when_one_is_withdrawn(cora: Desk) -> None:
    iris = cora.invite()
    other = tell(cora.story.house, FELLOWSHIP)
    with other.house.works.change(OPERATOR) as work:
        administering.add_coordinator(work, IRIS.email, IRIS.name, [other.slug])
    token = token_for(cora.story, iris)
    cora.remove(iris)
    assert use(cora.story, token) == iris


@pytest.mark.parametrize("pending", [False, True], ids=["alone", "beside an open invitation"])
def test_the_last_manager_stays(cora: Desk, *, pending: bool) -> None:
    if pending:
        cora.invite(Invitee("Iris", IRIS.email, "manager"))
    with nothing_changed(cora.story.house):
        with pytest.raises(LastManager):
            cora.remove(cora.by)
        with pytest.raises(LastManager):
            cora.change_role(cora.by, Role.READER)


def test_a_manager_goes_when_another_one_has_signed_in(cora: Desk) -> None:
    iris = cora.invite(Invitee("Iris", IRIS.email, "manager"))
    use(cora.story, token_for(cora.story, iris))
    cora.remove(cora.by)
    assert roles(cora.story) == {"Iris": Role.MANAGER}


def test_an_administrator_may_remove_the_last_manager(cora: Desk) -> None:
    with cora.story.house.works.change(OPERATOR) as work:
        ada = administering.add_coordinator(
            work, "ada@alpine.example.org", "Ada", [], administrator=True
        ).id
    Desk(cora.story, ada).remove(cora.by)
    assert roles(cora.story) == {}


# --- everybody --------------------------------------------------------------------------------


def test_an_administrator_sees_everybody_and_nobody_else_does(cora: Desk) -> None:
    cora.invite()
    with cora.story.house.works.change(OPERATOR) as work:
        ada = administering.add_coordinator(
            work, "ada@alpine.example.org", "Ada", [], administrator=True
        ).id
    with cora.story.house.works.look(SYSTEM) as work:
        found = people.everybody(work, work.session.get_one(Coordinator, ada))
        with pytest.raises(AccessDenied):
            people.everybody(work, work.session.get_one(Coordinator, cora.by))
    seen = [(one.coordinator.name, [role for _, role in one.programs]) for one in found]
    assert seen == [("Ada", []), ("Cora", [Role.MANAGER]), ("Iris Novak", [Role.READER])]
