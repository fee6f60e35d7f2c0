"""Where the story is played: who takes part, and short words for what they do all the time."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from letters.demo.client import Answer, Browser, File, Portal
from letters.demo.instance import Instance
from letters.demo.mailbox import Mailbox, link_in
from letters.demo.pages import Unexpected
from letters.demo.pdf import letter
from letters.services.applying import NewReferee
from letters.services.program_cleaning import NewProgram

UPLOAD = "/letter/"
FILE_NAME = "Castellanos-confidential.pdf"


class Stage:
    """A fresh instance whose server and worker are running.

    `application` is the one that the story follows, as the portal was told of it; `sent` holds
    the letter that counts of each referee, by address.
    """

    def __init__(self, instance: Instance) -> None:
        self.base_url = instance.base_url
        self.mailbox = Mailbox(instance.mail_folder)
        self.applicant, self.coordinator = Browser(), Browser()
        self.sent: dict[str, File] = {}
        self.portal: Portal
        self.application: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Where the API has the application."""
        return f"/applications/{self.application['id']}"

    def create_program(self, program: NewProgram) -> None:
        """By API."""
        facts = asdict(program) | {"due_at": program.due_at.isoformat()}
        del facts["largest_file"]
        self.portal.call("/programs", facts).expect(HTTPStatus.CREATED)

    def apply(
        self,
        program: NewProgram,
        applicant: Mapping[str, str],
        referees: Sequence[NewReferee],
        *,
        submit: bool,
    ) -> Mapping[str, Any]:
        """By API; return what the portal is told."""
        body = {
            "program": program.slug,
            "applicant": applicant,
            "referees": [asdict(referee) for referee in referees],
            "waived": True,
            "submit": submit,
        }
        answer: Mapping[str, Any] = (
            self.portal.call("/applications", body).expect(HTTPStatus.CREATED).data
        )
        return answer

    def state(self) -> tuple[object, int]:
        """Return everything that opening a link could have changed."""
        return self.portal.read(self.path).expect(HTTPStatus.OK).data, self.mailbox.count()

    def expect_requests(self, *statuses: str) -> None:
        """Raises Unexpected when the requests stand otherwise."""
        application = self.portal.read(self.path).expect(HTTPStatus.OK).data
        same([request["status"] for request in application["requests"]], list(statuses))

    def upload_link(self, referee: NewReferee) -> str:
        """Return the link in a referee's mail, once it is there."""
        return link_in(self.mailbox.wait_for(referee.email, UPLOAD), UPLOAD)

    def send(self, referee: NewReferee, file: File) -> Answer:
        """Send a file through the form behind a referee's link."""
        return send_behind(self.upload_link(referee), file)

    def send_letter(self, referee: NewReferee, words: str) -> None:
        """Send a letter, and see the receipt."""
        today = datetime.now(UTC).date()
        content = letter(referee.name, referee.affiliation, today, [words])
        file = File(FILE_NAME, content)
        says(self.send(referee, file), hashlib.sha256(content).hexdigest())
        self.sent[referee.email] = file


def send_behind(link: str, file: File) -> Answer:
    """Send a file through the form behind an upload link."""
    browser = Browser()
    page = browser.get(link).expect(HTTPStatus.OK).page
    return browser.submit(page.form(token_of(link)), file=file)


def token_of(link: str) -> str:
    """Return the last part of a link, which its page's form goes to."""
    return link.rpartition("/")[2]


# --- what is to be seen: each raises Unexpected where it is not --------------------------------


def same(found: object, wanted: object) -> None:
    """`found` is what was `wanted`."""
    if found != wanted:
        message = f"found {found!r} instead of {wanted!r}"
        raise Unexpected(message)


def says(answer: Answer, words: str) -> None:
    """A page was answered, and its reader sees `words`."""
    holds(answer.expect(HTTPStatus.OK).page.words, words)


def holds(text: str, words: str) -> None:
    """`words` are in `text`."""
    if words not in text:
        message = f"“{words}” is not in: {text[:300]}"
        raise Unexpected(message)


def lacks(text: str, words: str) -> None:
    """`words` are not in `text`."""
    if words in text:
        message = f"“{words}” should not be in: {text[:300]}"
        raise Unexpected(message)
