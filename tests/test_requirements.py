"""What the service needs is written in two places for two readers; they say the same."""

import tomllib

from letters.resources import PACKAGE

CHECKOUT = PACKAGE.parent


def test_the_metadata_asks_for_what_the_locks_are_made_from() -> None:
    metadata = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    written = (CHECKOUT / "requirements" / "run.in").read_text(encoding="utf-8")
    asked = [line for line in written.splitlines() if not line.startswith("#")]
    assert metadata["project"]["dependencies"] == asked
