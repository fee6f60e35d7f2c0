"""What `letters check` says of an installation that works, and might work better."""

import json
from pathlib import Path

import pytest

from letters.migrating import upgrade
from tests.cli.conftest import Run

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
@pytest.mark.usefixtures("environment")
def test_a_database_that_everybody_may_read_is_warned_of(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "instance" / "letters.db"
    monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{path}")
    upgrade(f"sqlite:///{path}")
    path.chmod(0o644)
    assert "database" not in run("check").stderr
    path.parent.chmod(0o755)

    result = run("check")

    assert result.exit_code == 0
    assert result.stderr.startswith(
        f"database: every user of this machine can read what it holds: run `chmod 600 {path}`\n"
    )
    assert json.loads(run("check", "--json").stdout)["warnings"][0]["part"] == "database"
