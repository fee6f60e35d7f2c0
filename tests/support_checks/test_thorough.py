"""How much is tried, and that it may take its time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.thorough import LONG

SECONDS_THAT_HYPOTHESIS_GIVES = 0.2


@given(st.just("the only example"))
def test_an_example_may_take_its_time(example: str) -> None:
    assert example
    time.sleep(SECONDS_THAT_HYPOTHESIS_GIVES * 1.5)


def test_there_are_more_examples_when_there_is_time() -> None:
    assert settings.default is not None
    assert settings.default.max_examples == (1000 if LONG else 30)
