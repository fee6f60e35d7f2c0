"""What the service needs is written in several places for several readers; they say the same."""

import re
import tomllib
from importlib.metadata import packages_distributions
from typing import Any

from letters.resources import PACKAGE

CHECKOUT = PACKAGE.parent


def metadata() -> dict[str, Any]:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_metadata_asks_for_what_the_locks_are_made_from() -> None:
    written = (CHECKOUT / "requirements" / "run.in").read_text(encoding="utf-8")
    asked = [line for line in written.splitlines() if not line.startswith("#")]
    assert metadata()["project"]["dependencies"] == asked


def test_the_domain_is_kept_from_all_of_it() -> None:
    asked = {re.split(r"[\[><=]", name)[0] for name in metadata()["project"]["dependencies"]}
    contracts = metadata()["tool"]["importlinter"]["contracts"]
    (kept,) = (c for c in contracts if c["name"].startswith("The domain knows"))
    known = {
        distribution.lower().replace("_", "-")
        for module, distributions in packages_distributions().items()
        if module in kept["forbidden_modules"]
        for distribution in distributions
    }
    assert asked - known == set()
