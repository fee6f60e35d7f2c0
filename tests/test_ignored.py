"""What the linter and the types are told to pass over has a reason behind it."""

import re
from collections.abc import Iterator

from letters.resources import PACKAGE

CHECKOUT = PACKAGE.parent
SOURCES = ("letters", "migrations", "tests", "benchmarks")
IGNORED = re.compile(r"# (?:ruff: )?(?:noqa|type: ignore)\b.*")
WITH_REASON = re.compile(
    r"# (?:ruff: )?(?:noqa: [A-Z0-9, ]+ -- .*\w.*|type: ignore\[[a-z, -]+\] +# .*\w.*)"
)


def _ignored() -> Iterator[tuple[str, str]]:
    """Give each place where something is passed over, and what stands there."""
    for path in (path for folder in SOURCES for path in (CHECKOUT / folder).rglob("*.py")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            found = IGNORED.search(line)
            if found:
                yield f"{path.relative_to(CHECKOUT)}:{number}", found[0]


def test_each_has_its_reason() -> None:
    assert [place for place, said in _ignored() if not WITH_REASON.fullmatch(said)] == []
