"""The folders beside the code are found in a checkout and in an installed wheel."""

from pathlib import Path

import pytest

from letters import resources


def test_in_the_checkout_the_folders_stand_beside_the_package() -> None:
    top = Path(resources.__file__).parents[1]
    assert resources.templates_folder() == top / "templates"
    assert resources.migrations_folder() == top / "migrations"
    assert resources.templates_folder().is_dir()


def test_in_a_wheel_the_folders_lie_inside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "letters"
    for name in ("templates", "migrations"):
        (package / name).mkdir(parents=True)
        (package.parent / name).mkdir()  # somebody else's, with the same name
    monkeypatch.setattr(resources, "PACKAGE", package)

    assert resources.templates_folder() == package / "templates"
    assert resources.migrations_folder() == package / "migrations"


def test_translations_always_belong_to_the_package() -> None:
    assert resources.translations_folder() == Path(resources.__file__).parent / "translations"
