"""Programs, coordinators, keys and sign-in links from the command line."""

import json
from base64 import urlsafe_b64decode

import pytest

from letters.domain.roles import Role
from letters.house import House
from letters.records import ApiKey, Coordinator, HowSignedIn
from letters.services import finding, people, sessions, signing_in
from letters.services.administering import key_hash
from tests.cli.conftest import Run
from tests.support.people import SYSTEM, Story

SUMMER = {
    "--slug": "summer",
    "--title": "Summer Internship",
    "--organization": "Institute",
    "--contact-email": "summer@institute.example.org",
    "--due": "2095-04-01T23:59",
    "--timezone": "Europe/Zurich",
    "--grace-hours": "48",
    "--request-policy": "selected",
    "--description": "Twelve weeks.",
    "--instructions": "One page.",
    "--largest-megabytes": "5",
}


def _create(run: Run, *more: str, **changed: str) -> tuple[int, str, str]:
    options = SUMMER | {f"--{name.replace('_', '-')}": value for name, value in changed.items()}
    result = run("program", "create", *(part for pair in options.items() for part in pair), *more)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.usefixtures("environment")
class TestProgram:
    def test_create_prints_where_it_is(self, run: Run) -> None:
        code, out, _ = _create(run)

        assert code == 0
        assert "http://127.0.0.1:8000/programs/summer" in out

    def test_create_takes_the_due_date_in_the_programs_zone(self, run: Run) -> None:
        code, out, _ = _create(run, "--json")

        assert code == 0
        assert json.loads(out) == {
            "slug": "summer",
            "title": "Summer Internship",
            "organization": "Institute",
            "contact_email": "summer@institute.example.org",
            "due_at": "2095-04-01T21:59:00+00:00",
            "timezone": "Europe/Zurich",
            "grace_hours": 48,
            "min_letters": 2,
            "max_letters": 4,
            "request_policy": "selected",
            "largest_file": 5 * 1024 * 1024,
            "wished_pages": 20,
            "kept_days": 365,
            "takes_word": False,
            "notices_on_submission": False,
            "description": "Twelve weeks.",
            "instructions": "One page.",
            "url": "http://127.0.0.1:8000/programs/summer",
        }

    def test_create_says_how_letters_are_taken_and_kept(self, run: Run) -> None:
        code, out, _ = _create(run, "--takes-word", "--json", wished_pages="0", kept_days="30")

        assert code == 0
        made = json.loads(out)
        assert (made["wished_pages"], made["kept_days"], made["takes_word"]) == (0, 30, True)
        in_words = run("program", "show", "summer").stdout
        assert "wished_pages: 0\nkept_days: 30\ntakes_word: True\n" in in_words

    def test_create_says_whether_submitting_alerts_the_referees(self, run: Run) -> None:
        code, out, _ = _create(run, "--notices-on-submission", "--json")

        assert code == 0
        assert json.loads(out)["notices_on_submission"] is True
        assert "notices_on_submission: True\n" in run("program", "show", "summer").stdout

    def test_create_names_every_mistake_with_its_field(self, run: Run) -> None:
        code, out, err = _create(
            run,
            slug="Not A Slug",
            timezone="Mars/Olympus",
            contact_email="nobody",
            due="2001-01-01T10:00",
            wished_pages="-1",
            kept_days="0",
        )

        assert code == 1
        assert not out
        for field in ("slug", "timezone", "contact_email", "due_at", "wished_pages", "kept_days"):
            assert f"  {field}: " in err

    def test_create_refuses_a_due_date_that_utc_does_not_have(self, run: Run) -> None:
        code, _, err = _create(run, due="9999-12-31T23:59", timezone="America/Los_Angeles")
        assert code == 1
        assert "  due_at: Choose a due date before the year 3000." in err

        code, _, err = _create(run, due="0001-01-01T00:00", timezone="Asia/Tokyo")
        assert code == 1
        assert "  due_at: " in err

    def test_create_refuses_a_due_date_that_is_none(self, run: Run) -> None:
        code, _, err = _create(run, due="next spring")

        assert code == 2
        assert "next spring" in err

    def test_create_refuses_the_same_name_twice(self, run: Run) -> None:
        _create(run)
        code, _, err = _create(run)

        assert code == 1
        assert err == "“summer” exists already. Choose another name.\n"

    def test_list_and_show(self, run: Run) -> None:
        _create(run)

        assert run("program", "list").stdout == (
            "summer: Summer Internship, due Friday, 1 April 2095, 23:59 (Zurich Time, UTC+2)\n"
        )
        listed = json.loads(run("program", "list", "--json").stdout)
        shown = json.loads(run("program", "show", "summer", "--json").stdout)
        assert listed == [shown]
        in_words = run("program", "show", "summer").stdout
        assert "request_policy: selected" in in_words
        assert "due_at: Friday, 1 April 2095, 23:59" in in_words

    def test_show_an_unknown_one(self, run: Run) -> None:
        result = run("program", "show", "winter")

        assert result.exit_code == 1
        assert "There is no program “winter”" in result.stderr


class TestCoordinator:
    def test_add(self, run: Run, internship: Story) -> None:
        result = run(
            *("coordinator", "add", "Cora@alpine.example.org", "--name", "Cora"),
            *("--program", internship.slug, "--timezone", "Asia/Tokyo"),
        )

        assert result.exit_code == 0
        assert result.stdout == "Cora <cora@alpine.example.org> runs: alpine-summer\n"
        with internship.house.works.look(SYSTEM) as work:
            assert work.session.query(Coordinator).one().timezone == "Asia/Tokyo"

    def test_add_to_an_unknown_program(self, run: Run, installed: House) -> None:
        result = run(
            *("coordinator", "add", "cora@alpine.example.org", "--name", "Cora"),
            *("--program", "winter"),
        )

        assert result.exit_code == 1
        assert "winter" in result.stderr
        with installed.works.look(SYSTEM) as work:
            assert work.session.query(Coordinator).count() == 0

    def test_add_in_a_role(self, run: Run, internship: Story) -> None:
        result = run(
            *("coordinator", "add", "vera@alpine.example.org", "--name", "Vera"),
            *("--program", internship.slug, "--role", "viewer"),
        )

        assert result.exit_code == 0
        with internship.house.works.look(SYSTEM) as work:
            program = finding.program_by_slug(work, internship.slug)
            assert [one.role for one in people.members(work, program)] == [Role.VIEWER]

    def test_add_an_administrator(self, run: Run, internship: Story) -> None:
        result = run(
            *("coordinator", "add", "ada@alpine.example.org", "--name", "Ada", "--administrator")
        )

        assert (result.exit_code, result.stdout) == (
            0,
            "Ada <ada@alpine.example.org> runs: all programs\n",
        )
        with internship.house.works.look(SYSTEM) as work:
            assert work.session.query(Coordinator).one().is_administrator

    def test_add_needs_a_program(self, run: Run) -> None:
        assert run("coordinator", "add", "cora@alpine.example.org", "--name", "Cora").exit_code == 2


class TestSigningOut:
    def test_it_ends_what_is_open_everywhere(self, run: Run, internship: Story) -> None:
        coordinator_id = internship.add_coordinator()
        with internship.house.works.change(SYSTEM) as work:
            coordinator = work.session.get_one(Coordinator, coordinator_id)
            sessions.begin(work, coordinator, HowSignedIn.INVITATION, "Firefox, Linux")

        result = run("coordinator", "sign-out", "CORA@alpine.example.org")

        assert result.exit_code == 0
        assert "<cora@alpine.example.org> is signed out everywhere." in result.stdout
        with internship.house.works.look(SYSTEM) as work:
            assert sessions.of_coordinator(work, coordinator_id) == []

    @pytest.mark.usefixtures("internship")
    def test_a_stranger_is_not_known(self, run: Run) -> None:
        result = run("coordinator", "sign-out", "stranger@example.org")

        assert result.exit_code == 1
        assert "stranger@example.org" in result.stderr


class TestSignInLink:
    def test_it_opens_the_door(self, run: Run, internship: Story) -> None:
        coordinator_id = internship.add_coordinator()

        result = run("sign-in-link", "CORA@alpine.example.org")

        assert result.exit_code == 0
        token = result.stdout.strip().rpartition("/coordinate/sign-in/")[2]
        with internship.house.works.look(SYSTEM) as work:
            assert signing_in.check_link(work, token, None).id == coordinator_id

    @pytest.mark.usefixtures("internship")
    def test_for_a_stranger_there_is_none(self, run: Run) -> None:
        result = run("sign-in-link", "stranger@example.org")

        assert result.exit_code == 1
        assert not result.stdout
        assert "stranger@example.org" in result.stderr


class TestApiKey:
    def test_the_key_stands_alone_on_the_last_line(self, run: Run, internship: Story) -> None:
        result = run("api-key", "create", "portal", "--program", internship.slug)

        assert result.exit_code == 0
        key = result.stdout.splitlines()[-1]
        with internship.house.works.look(SYSTEM) as work:
            row = work.session.query(ApiKey).one()
            assert row.key_hash == key_hash(key)
            assert row.program is not None
            assert not row.reads_letters

    @pytest.mark.usefixtures("installed")
    def test_it_reads_letters_only_where_that_was_said(self, run: Run, internship: Story) -> None:
        assert run("api-key", "create", "committee", "--reads-letters").exit_code == 0

        with internship.house.works.look(SYSTEM) as work:
            assert work.session.query(ApiKey).one().reads_letters

    @pytest.mark.usefixtures("installed")
    def test_a_name_is_given_once(self, run: Run) -> None:
        assert run("api-key", "create", "portal").exit_code == 0

        again = run("api-key", "create", "portal")

        assert again.exit_code == 1
        assert "“portal” exists already" in again.stderr


def test_keys_new_prints_a_key_that_settings_take(run: Run) -> None:
    first, second = (run("keys", "new").stdout.strip() for _ in range(2))

    assert len(urlsafe_b64decode(first)) == 32
    assert first != second
