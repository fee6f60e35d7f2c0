"""`letters check`: what is wrong with an installation, and what might be better."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from letters.migrating import present_revision, upgrade
from letters.records import Database, Program
from letters.settings import Settings
from tests.adapters.fake_clamd import FakeClamd
from tests.cli.conftest import Run
from tests.support.people import SYSTEM, Story
from tests.support.s3 import BUCKET, S3Server, access_to, new_prefix
from tests.support.server import free_port

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


@pytest.mark.usefixtures("environment")
class TestCheck:
    def test_all_is_well(self, run: Run) -> None:
        result = run("check")

        assert result.exit_code == 0
        assert result.stdout == "Settings, database, store and mail are all right.\n"
        assert json.loads(run("check", "--json").stdout) == {"problems": []}

    def test_scripts_without_a_font_are_a_warning(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lacking = ["Chinese", "Thai"]
        monkeypatch.setattr("letters.cli.check.scripts_without_fonts", lambda: lacking)
        result = run("check")
        assert result.exit_code == 0
        assert result.stdout == "Settings, database, store and mail are all right.\n"
        assert "cannot show names in the scripts of these languages" in result.stderr
        assert "Chinese, Thai. On Debian, install fonts-noto-core and fonts-noto-cjk" in (
            result.stderr
        )
        as_json = json.loads(run("check", "--json").stdout)
        assert [warning["part"] for warning in as_json["warnings"]] == ["fonts"]

    def test_every_problem_is_listed(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        occupied = tmp_path / "occupied"
        occupied.write_text("a file where a folder is needed", encoding="utf-8")
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
        monkeypatch.setenv("LETTERS_STORE_URL", f"file:{occupied}")
        monkeypatch.setenv("LETTERS_MAIL_URL", f"smtp://127.0.0.1:{free_port()}")

        result = run("check")
        as_json = json.loads(run("check", "--json").stdout)

        assert result.exit_code == 1
        assert "`letters db upgrade`" in result.stderr
        assert [found["part"] for found in as_json["problems"]] == ["database", "store", "mail"]

    @pytest.mark.usefixtures("environment")
    def test_a_provider_that_does_not_answer_is_said(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        issuer = f"http://localhost:{free_port()}"
        monkeypatch.setenv("LETTERS_OIDC_ISSUER", issuer)
        monkeypatch.setenv("LETTERS_OIDC_CLIENT_ID", "letters")
        monkeypatch.setenv("LETTERS_OIDC_CLIENT_SECRET", "secret")

        result = run("check")

        assert result.exit_code == 1
        assert f"sign-in: the provider {issuer} does not answer" in result.stderr

    def test_a_bucket_and_a_virus_scanner(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, s3: S3Server
    ) -> None:
        monkeypatch.setenv("LETTERS_STORE_URL", f"s3://{BUCKET}/{new_prefix()}")
        for name, value in access_to(s3.url).items():
            monkeypatch.setenv(name, value)
        with FakeClamd() as daemon:
            monkeypatch.setenv("LETTERS_CLAMD_URL", daemon.url)
            assert run("check").exit_code == 0
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")

        result = run("check")

        assert result.exit_code == 1
        store, scanner = result.stderr.splitlines()
        assert store.startswith("store: does not keep letters: ")
        assert scanner.startswith("scanner: The virus scanner does not do its part: ")

    def test_libreoffice_is_missed_only_where_a_program_takes_word_files(
        self, run: Run, internship: Story, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert run("check").exit_code == 0
        with internship.house.works.change(SYSTEM) as work:
            work.session.query(Program).one().takes_word = True

        result = run("check")

        assert result.exit_code == 1
        assert result.stderr.startswith("converter: a program takes Word files, and LibreOffice ")
        office = tmp_path / "soffice"
        office.touch(mode=0o755)
        assert run("check").exit_code == 0

    def test_a_database_that_does_not_answer(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgresql://someone:hidden@127.0.0.1:{free_port()}/letters"
        monkeypatch.setenv("LETTERS_DATABASE_URL", url)

        result = run("check")

        assert result.exit_code == 1
        assert result.stderr.startswith("database: does not answer: ")
        assert "hidden" not in result.stderr

    def test_a_database_of_a_newer_version_is_left_alone(
        self, run: Run, environment: Settings
    ) -> None:
        with closing(Database(environment.database_url)) as database:
            with database.engine.begin() as newer:
                newer.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            for command in ("check",), ("db", "upgrade"):
                result = run(*command)
                assert result.exit_code == 1
                assert "its tables are at version 9999, which a newer Letters made: " in (
                    result.stderr
                )
                assert "`letters db upgrade`" not in result.stderr
            assert present_revision(database) == "9999"

    def test_a_database_that_is_not_there_is_not_made(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        path = tmp_path / "mistyped" / "letters.db"
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{path}")

        result = run("check")

        assert result.exit_code == 1
        assert result.stderr.startswith(
            f"database: there is none at {path}: mend LETTERS_DATABASE_URL, or run "
            "`letters db upgrade` to make one there\n"
        )
        assert not path.parent.exists()

    def test_the_database_is_looked_at_even_with_other_settings_wrong(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("LETTERS_SECRET_KEYS", "short")
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")

        problems = json.loads(run("check", "--json").stdout)["problems"]

        assert [found["part"] for found in problems] == ["settings", "database"]
