"""What needs somebody is told to who may see it."""

from letters.domain.needs import Need, needs_shown
from letters.domain.roles import Role

OF_LETTERS = {Need.MARKED, Need.QUARANTINED, Need.SIGNALS}


def test_who_may_not_read_letters_is_told_nothing_of_them() -> None:
    assert set(needs_shown(Role.VIEWER)) == set(Need) - OF_LETTERS


def test_who_may_read_letters_is_told_of_all_in_the_order_of_urgency() -> None:
    for role in (Role.READER, Role.MANAGER):
        assert needs_shown(role) == tuple(Need)
    assert needs_shown(None, administrator=True) == tuple(Need)


def test_a_stranger_is_told_of_nothing() -> None:
    assert needs_shown(None) == ()
