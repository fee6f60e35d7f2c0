"""The map of the code: the docstring of the package names all that lies in it."""

import re
import tomllib

import letters
from letters.resources import PACKAGE


def test_it_names_every_part_of_the_package() -> None:
    contracts = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    floors = contracts["tool"]["importlinter"]["contracts"][0]["layers"]
    parts = {part for floor in floors for part in floor.split(" | ")}
    _, _, the_map = (letters.__doc__ or "").partition("holds it.")
    assert parts - set(re.findall(r"\w+", the_map)) == set()
