"""Who may do what on a program: every role and every right."""

import pytest

from letters.domain.roles import Right, Role, may

MAY = {
    (None, Right.SEE): False,
    (None, Right.READ_LETTERS): False,
    (None, Right.MANAGE): False,
    (Role.VIEWER, Right.SEE): True,
    (Role.VIEWER, Right.READ_LETTERS): False,
    (Role.VIEWER, Right.MANAGE): False,
    (Role.READER, Right.SEE): True,
    (Role.READER, Right.READ_LETTERS): True,
    (Role.READER, Right.MANAGE): False,
    (Role.MANAGER, Right.SEE): True,
    (Role.MANAGER, Right.READ_LETTERS): True,
    (Role.MANAGER, Right.MANAGE): True,
}


def test_the_table_has_every_role_and_right() -> None:
    assert set(MAY) == {(role, right) for role in (None, *Role) for right in Right}


@pytest.mark.parametrize(("role", "right"), MAY)
def test_a_role_may_what_it_says(role: Role | None, right: Right) -> None:
    assert may(role, right) is MAY[role, right]


@pytest.mark.parametrize(("role", "right"), MAY)
def test_an_administrator_may_all(role: Role | None, right: Right) -> None:
    assert may(role, right, administrator=True)
