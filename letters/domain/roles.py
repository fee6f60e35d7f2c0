"""What somebody who works on a program may do there."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """How somebody works on a program; each may what the one before may, and more."""

    VIEWER = "viewer"
    READER = "reader"
    MANAGER = "manager"


class Right(StrEnum):
    """What a page or an act of a program needs."""

    SEE = "see"
    READ_LETTERS = "read_letters"
    MANAGE = "manage"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.SEE}),
        Role.READER: frozenset({Right.SEE, Right.READ_LETTERS}),
        Role.MANAGER: frozenset(Right),
    }
)


def may(role: Role | None, right: Right, *, administrator: bool = False) -> bool:
    """Say whether somebody may do what needs `right`; `role` is None outside the program.

    An administrator of the site may do all in every program.
    """
    return administrator or (role is not None and right in RIGHTS[role])
