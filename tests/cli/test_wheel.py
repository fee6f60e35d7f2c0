"""The wheel holds all that the service needs, and runs without the checkout."""

import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from os import environ
from pathlib import Path
from zipfile import ZipFile

import pytest

CHECKOUT = Path(__file__).parents[2]
LONGEST_RUN = 110.0


@dataclass(frozen=True)
class Installed:
    """A virtual environment with the wheel in it, far from the checkout."""

    folder: Path

    def run(self, *command: str, **variables: str) -> str:
        """Run one of its commands in its folder; return what it printed."""
        return _run(
            [str(self.folder / "venv" / "bin" / command[0]), *command[1:]],
            self.folder,
            {**_without_settings(), **variables},
        )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    _run(build, CHECKOUT, _without_settings())
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new environment, which sees the libraries of the present one behind it.

    They are appended to its path, so that its own `letters` comes first; the checkout itself is
    not among them.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv = folder / "venv"
    _run([_uv(), "venv", "--python", sys.executable, str(venv)], folder, _without_settings())
    python = str(venv / "bin" / "python")
    install = [_uv(), "pip", "install", "--offline", "--no-deps", "--python", python, str(wheel)]
    _run(install, folder, _without_settings())
    (site_packages,) = (venv / "lib").glob("python*/site-packages")
    libraries = sysconfig.get_path("purelib")
    (site_packages / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return Installed(folder)


def test_it_contains_templates_migrations_and_the_marker_for_types(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())

    expected = {
        f"letters/{path.relative_to(CHECKOUT).as_posix()}"
        for folder in ("templates", "migrations")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert expected <= names
    assert "letters/py.typed" in names
    assert not {name for name in names if name.startswith(("tests/", "wsgi"))}


def test_what_runs_is_the_wheel(installed: Installed) -> None:
    where = installed.run("python", "-c", "import letters; print(letters.__file__)")

    assert where.startswith(str(installed.folder))


def test_db_upgrade(installed: Installed) -> None:
    said = installed.run("letters", "db", "upgrade", LETTERS_DATABASE_URL="sqlite:///letters.db")

    assert "The tables are at the newest version" in said
    assert (installed.folder / "letters.db").exists()


def test_demo_check(installed: Installed) -> None:
    *steps, last = installed.run("letters", "demo", "--check").splitlines()

    assert last == "Everything went as it should."
    assert [step.partition(". ")[0] for step in steps] == [str(n + 1) for n in range(len(steps))]
    assert all(step.endswith(" … ok") for step in steps)


def _uv() -> str:
    return str(Path(sys.executable).with_name("uv"))


def _without_settings() -> Mapping[str, str]:
    hidden = ("LETTERS_", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: value for name, value in environ.items() if not name.startswith(hidden)}


def _run(command: list[str], folder: Path, environment: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 -- our own tools
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout
