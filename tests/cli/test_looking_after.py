"""Looking after an installation: db, digest, verify, sweep."""

import json
import os
import time
from pathlib import Path

import pytest

from letters.cli import sweep
from letters.house import House
from letters.migrating import newest_revision
from letters.records import Letter, OutboxMessage
from letters.services import sweeping
from letters.settings import Settings
from tests.cli.conftest import OnTerminal, Run
from tests.support.people import SYSTEM, Story
from tests.support.server import free_port

ALL_WRONG = {
    "LETTERS_SECRET_KEYS": "short",
    "LETTERS_STORE_KEYS": "not-a-key",
    "LETTERS_DATABASE_URL": "mysql://localhost/letters",
    "LETTERS_STORE_URL": "ftp://somewhere",
    "LETTERS_MAIL_URL": "carrier-pigeon:",
    "LETTERS_MAIL_FROM": "nobody",
    "LETTERS_BASE_URL": "http://letters.example.org",
}
MISSPELT = {"LETTERS_PROXY": "1"}
NEED_SETTINGS = (
    ["check"],
    ["serve"],
    ["worker", "--once"],
    ["program", "list"],
    ["program", "show", "summer"],
    ["sign-in-link", "cora@example.org"],
    ["api-key", "create", "portal"],
    ["digest", "--now"],
    ["keys", "rotate"],
    ["verify"],
    ["sweep"],
    ["purge"],
)


@pytest.mark.parametrize("command", NEED_SETTINGS, ids=" ".join)
def test_every_settings_mistake_is_named_at_once(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    for name, value in {**ALL_WRONG, **MISSPELT}.items():
        monkeypatch.setenv(name, value)

    result = run(*command)

    assert result.exit_code == 1
    for name in {**ALL_WRONG, **MISSPELT}:
        assert name in result.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LETTERS_MAIL_URL", "smtp://mail.example.org?tls=perhaps"),
        ("LETTERS_DATABASE_URL", "postgresql://localhost:port/letters"),
    ],
)
@pytest.mark.usefixtures("environment")
def test_what_an_address_says_wrong_inside_is_named_too(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    result = run("verify")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"{name}: ")
    assert result.stderr.count("\n") == 1


@pytest.mark.usefixtures("environment")
class TestDb:
    def test_upgrade_needs_nothing_but_the_database(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        for name in ALL_WRONG:
            monkeypatch.delenv(name)
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")

        for _ in range(2):
            result = run("db", "upgrade")
            assert result.exit_code == 0
            assert str(newest_revision()) in result.stdout

    @pytest.mark.parametrize(
        ("url", "said"),
        [
            ("mysql://localhost/letters", "LETTERS_DATABASE_URL: "),
            ("postgresql:nonsense", "LETTERS_DATABASE_URL: "),
            ("postgresql://localhost:port/letters", "LETTERS_DATABASE_URL: "),
        ],
    )
    def test_upgrade_of_a_database_that_cannot_be(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, url: str, said: str
    ) -> None:
        monkeypatch.setenv("LETTERS_DATABASE_URL", url)

        result = run("db", "upgrade")

        assert result.exit_code == 1
        assert result.stderr.startswith(said)

    def test_upgrade_of_a_file_that_cannot_be_made(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'file' / 'letters.db'}")

        result = run("db", "upgrade")

        assert result.exit_code == 1
        assert "does not do its part (unable to open database file)" in result.stderr

    def test_upgrade_of_a_database_that_does_not_answer(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"postgresql://someone:hidden@127.0.0.1:{free_port()}/letters"
        monkeypatch.setenv("LETTERS_DATABASE_URL", url)

        result = run("db", "upgrade")

        assert result.exit_code == 1
        assert "The database does not do its part" in result.stderr
        assert "hidden" not in result.stderr


class TestDigest:
    def test_now_plans_what_there_is_to_say(self, run: Run, internship: Story) -> None:
        internship.add_coordinator()
        internship.apply()

        assert run("digest").stdout == "Digests planned: 0\n"
        assert run("digest", "--now").stdout == "Digests planned: 1\n"
        assert json.loads(run("digest", "--now", "--json").stdout) == {"planned": 0}

    def test_nothing_happened(self, run: Run, internship: Story) -> None:
        internship.add_coordinator()

        assert json.loads(run("digest", "--now", "--json").stdout) == {"planned": 0}

    @pytest.mark.usefixtures("environment")
    def test_without_tables_it_says_so(
        self, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("LETTERS_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")

        result = run("digest", "--now")

        assert result.exit_code == 1
        assert "no such table" in result.stderr
        assert "`letters db upgrade`" in result.stderr


class TestVerify:
    def test_all_is_well(self, run: Run, internship: Story) -> None:
        internship.apply()

        result = run("verify")

        assert result.exit_code == 0
        assert result.stdout == "All that must hold does hold.\n"
        assert not result.stderr
        assert json.loads(run("verify", "--json").stdout) == {"breaches": []}

    @pytest.mark.usefixtures("internship")
    def test_on_a_terminal_it_says_what_it_is_checking(self, on_terminal: OnTerminal) -> None:
        printed, shown = on_terminal("verify")

        assert printed == "All that must hold does hold.\n"
        assert "Checking" in shown
        assert "journal chain" in shown

    def test_a_breach_is_told(self, run: Run, internship: Story) -> None:
        internship.apply()
        with internship.house.works.change(SYSTEM) as work:
            work.session.delete(work.session.query(OutboxMessage).one())

        result = run("verify")

        assert result.exit_code == 1
        assert result.stderr.startswith("mails owed: nothing queued for ")
        found = run("verify", "--json")
        assert found.exit_code == 1
        assert json.loads(found.stdout)["breaches"][0]["invariant"] == "mails owed"


class TestSweep:
    def test_only_what_is_old_and_nobodys_goes(
        self,
        run: Run,
        installed: House,
        settings: Settings,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        for module in (sweeping, sweep):
            monkeypatch.setattr(module, "LOOKS_APART", 0.01)
        store = installed.works.tools.store
        store.put("request/1-orphan", b"x")
        store.put("request/1-under-way", b"x")
        old = time.time() - 2 * 3600
        folder = Path(settings.store_url.removeprefix("file:"))
        os.utime(folder / "request/1-orphan", (old, old))

        result = run("sweep", "--json")

        assert result.exit_code == 0
        assert json.loads(result.stdout) == {"temporary": 0, "orphans": 1}
        assert result.stderr == "1 found; looking again in a minute.\n"
        assert [name for name, _ in store.names()] == ["request/1-under-way"]
        assert run("sweep").stdout == "Removed: 0 temporary files, 0 orphaned letters.\n"
        with installed.works.look(SYSTEM) as work:
            assert work.session.query(Letter).count() == 0
