"""Which addresses can be mailed to."""

import pytest

from letters.addresses import clean_address
from letters.domain.errors import Problem

LONGEST = f"{'a' * 64}@example.org"


@pytest.mark.parametrize("typed", [LONGEST, f"{'a' * 64}@bücher.example"])
def test_64_characters_may_stand_before_the_at_sign(typed: str) -> None:
    problems: list[Problem] = []
    assert clean_address("email", typed, problems).startswith("a" * 64 + "@")
    assert problems == []


@pytest.mark.parametrize("typed", [f"a{LONGEST}", f" {'a.' * 32}{LONGEST}"])
def test_no_server_need_take_more_before_the_at_sign(typed: str) -> None:
    problems: list[Problem] = []
    assert clean_address("email", typed, problems) == ""
    assert [(problem.field, str(problem)) for problem in problems] == [
        ("email", "Use at most 64 characters before the @.")
    ]
