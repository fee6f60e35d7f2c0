"""The whole story of a letter, step by step, as the people in it would live it over HTTP."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from letters.demo import cast
from letters.demo.client import Answer, Browser, File, Portal
from letters.demo.instance import Instance
from letters.demo.mailbox import link_in, links_in, text_of
from letters.demo.pdf import letter
from letters.demo.programs import programs
from letters.demo.stage import (
    FILE_NAME,
    UPLOAD,
    Stage,
    holds,
    lacks,
    same,
    says,
    send_behind,
    token_of,
)
from letters.domain.journal import ActorKind
from letters.services import administering
from letters.services.applying import NewReferee
from letters.services.digesting import plan_digests
from letters.services.verifying import verify
from letters.services.work import Actor, Works

OPERATOR = Actor(ActorKind.OPERATOR, "cli")
SCANS = 5
SIGN_IN = "/coordinate/sign-in"
NOTICE = "/notice/"
QUESTION = "is it the right letter?"

APPLICANT = {"name": "Mira Castellanos", "email": "mira.castellanos@student.example.com"}
ELSEWHERE = {"name": "Pilar Quispe", "email": "pilar@student.example.org"}
FIRST = NewReferee("Prof. Ada Nkemelu", "nkemelu@uni.example.edu", "Example University")
SECOND = NewReferee("Dr. Bram de Wit", "dewit@lab.example.org", "Example Laboratory")
THIRD = NewReferee("Prof. Chiyo Arai", "arai@college.example.net", "Example College")
REASON = "On leave until autumn."

Step = tuple[str, Callable[[], None]]


class Story(Stage):
    """The story, told once. Each step raises Unexpected, or whatever else goes wrong in it."""

    def __init__(self, instance: Instance, works: Works) -> None:
        super().__init__(instance)
        self._works = works
        self._internship, self._fellowship, _ = programs(datetime.now(UTC))

    def steps(self) -> Sequence[Step]:
        """Return the steps, each in words."""
        return (
            ("The portal gets a key and creates two programs", self.create_programs),
            ("A coordinator is added to both", self.add_coordinator),
            ("An application with one referee is saved, and not submitted", self.save_draft),
            ("An application with two referees is submitted", self.submit),
            (
                "The applicant learns that only selected candidates' letters are asked for",
                self.look,
            ),
            ("Both referees get an advance notice, without a link to send anything", self.alert),
            ("The first referee says “I can write” there, and the applicant sees it", self.welcome),
            ("The coordinator signs in by a mailed link", self.sign_in),
            ("Until now nobody has been asked for a letter", self.nobody_asked),
            ("The coordinator selects the application and requests the letters", self.select),
            ("Both referees get the request, and the applicant is told of it", self.get_requests),
            ("A mail scanner opens every link again and again; nothing changes", self.scan),
            ("A file that is no PDF is refused with a sentence", self.send_text),
            ("The first referee sends the letter and sees the receipt", self.send_first),
            ("The receipt is mailed; the applicant sees it, and nothing of the file", self.be_told),
            ("The second referee declines, and takes it back", self.decline),
            ("The second referee sends the letter, and replaces it", self.send_and_replace),
            ("The status view says 2 of 2, complete, and nothing of the letters", self.complete),
            ("The coordinator downloads both letters, byte for byte", self.download),
            ("In the other program three referees are asked on submission", self.automatic),
            ("There a letter about somebody else is marked, and replaced", self.mend_wrong_letter),
            ("The digest tells the coordinator of it all", self.get_digest),
            ("All that must hold does hold", self.verify),
        )

    # --- before anything is asked of anybody --------------------------------------------------

    def create_programs(self) -> None:
        """By API, with a key that an operator made."""
        with self._works.change(OPERATOR) as work:
            key = administering.create_api_key(work, "portal")
        self.portal = Portal(self.base_url, key)
        for program in (self._internship, self._fellowship):
            self.create_program(program)
            says(self.applicant.get(f"{self.base_url}/programs/{program.slug}"), program.title)

    def add_coordinator(self) -> None:
        """By the operator."""
        slugs = [self._internship.slug, self._fellowship.slug]
        with self._works.change(OPERATOR) as work:
            administering.add_coordinator(
                work, cast.COORDINATOR_EMAIL, cast.COORDINATOR_NAME, slugs
            )

    def save_draft(self) -> None:
        """Two letters are the least, so one referee is enough to save and not to submit."""
        applicant = {"name": "Tariq Mansour", "email": "tariq@student.example.net"}
        draft = self.apply(self._internship, applicant, [FIRST], submit=False)
        refused = self.portal.call(f"/applications/{draft['id']}/submit")
        refused.expect(HTTPStatus.CONFLICT)
        holds(refused.data["detail"], "at least 2 letters")

    def submit(self) -> None:
        """Submitted, and yet nothing is requested: the policy is `selected`."""
        self.application = self.apply(self._internship, APPLICANT, [FIRST, SECOND], submit=True)
        same(self.application["status"], "submitted")
        same([r["status"] for r in self.application["requests"]], ["named", "named"])

    def look(self) -> None:
        """In the mail, and on the status view it links to."""
        mail = self.mailbox.wait_for(APPLICANT["email"], "was submitted")
        url = link_in(mail, "/application/")
        same(url, self.application["status_url"])
        page = self.applicant.get(url)
        says(page, "Letters are asked for only from candidates the committee selects")

    def alert(self) -> None:
        """By API; there is nothing to send yet, so there is no upload link."""
        self.portal.call(f"{self.path}/notices").expect(HTTPStatus.OK)
        for referee in (FIRST, SECOND):
            mail = self.mailbox.wait_for(referee.email, APPLICANT["name"])
            lacks(text_of(mail), UPLOAD)

    def welcome(self) -> None:
        """By the button on the page that the notice links to; opening the page says nothing."""
        browser = Browser()
        link = link_in(self.mailbox.wait_for(FIRST.email, NOTICE), NOTICE)
        answered = browser.submit(browser.get(link).expect(HTTPStatus.OK).page.form("/welcome"))
        says(answered, "You said that you can write")
        says(self.applicant.get(self.application["status_url"]), "Says they can write")
        self.expect_requests("named", "named")

    # --- selecting ----------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Opening the link does not sign in; the button behind it does."""
        form = self.coordinator.get(f"{self.base_url}{SIGN_IN}").page.form(SIGN_IN)
        self.coordinator.submit(form, {"email": cast.COORDINATOR_EMAIL}).expect(HTTPStatus.OK)
        mail = self.mailbox.wait_for(cast.COORDINATOR_EMAIL, SIGN_IN)
        link = link_in(mail, SIGN_IN)
        confirm = self.coordinator.get(link)
        says(confirm, cast.COORDINATOR_NAME)
        home = self.coordinator.submit(confirm.page.form(token_of(link)))
        says(home, self._internship.title)

    def nobody_asked(self) -> None:
        """No mail to a referee has an upload link, and no request has been made."""
        for referee in (FIRST, SECOND):
            for mail in self.mailbox.all_to(referee.email):
                lacks(text_of(mail), UPLOAD)
        self.expect_requests("named", "named")

    def select(self) -> None:
        """From the list of applications, with the box ticked, after a look at what is mailed."""
        listed = self._list_of_applications()
        says(listed, APPLICANT["name"])
        form = listed.page.form("/bulk/request")
        seen = self.coordinator.submit(form, {"application": self.application["id"]})
        done = self.coordinator.submit(seen.page.form("/start"))
        says(done, "2 mails to referees")
        self.expect_requests("requested", "requested")

    def get_requests(self) -> None:
        """By mail; the applicant hears of it at once, and of other news an hour later."""
        told = self.mailbox.wait_for(APPLICANT["email"], "were requested on")
        for referee in (FIRST, SECOND):
            holds(text_of(told), referee.name)
            lacks(text_of(told), UPLOAD)
        same(len({self.upload_link(FIRST), self.upload_link(SECOND)}), 2)

    def scan(self) -> None:
        """GET and HEAD, several times each."""
        before = self.state()
        links = {
            link
            for referee in (FIRST, SECOND)
            for link in links_in(self.mailbox.wait_for(referee.email, UPLOAD))
        }
        scanner = Browser()
        for link in sorted(links) * SCANS:
            scanner.get(link).expect(HTTPStatus.OK)
            same(scanner.head(link).body, b"")
        same(self.state(), before)

    # --- the letters --------------------------------------------------------------------------

    def send_text(self) -> None:
        """Whatever its name says."""
        refused = self.send(FIRST, File("letter.pdf", b"Dear committee, this is plain text."))
        refused.expect(HTTPStatus.UNPROCESSABLE_ENTITY)
        holds(refused.page.words, "The file is not a PDF")
        self.expect_requests("requested", "requested")

    def send_first(self) -> None:
        """Through the form on the upload page."""
        self.send_letter(FIRST, "I recommend Mira Castellanos.")
        self.expect_requests("received", "requested")

    def be_told(self) -> None:
        """What the referee may know, and what the applicant may not."""
        digest = hashlib.sha256(self.sent[FIRST.email].content).hexdigest()
        holds(text_of(self.mailbox.wait_for(FIRST.email, digest)), FILE_NAME)
        page = self.applicant.get(self.application["status_url"])
        says(page, "1 of 2 letters received")
        for secret in (FILE_NAME, digest):
            lacks(page.body.decode(), secret)

    def decline(self) -> None:
        """With a reason, which is for the coordinators alone."""
        browser, link = Browser(), self.upload_link(SECOND)
        form = browser.get(f"{link}/decline").page.form("/decline")
        declined = browser.submit(form, {"reason": REASON})
        says(declined, "You declined")
        self.expect_requests("received", "declined")
        says(browser.submit(declined.page.form("/take-back")), "Send the letter")
        self.expect_requests("received", "requested")

    def send_and_replace(self) -> None:
        """Through the same link; the newest version counts."""
        self.send_letter(SECOND, "A first version, with a mistake in it.")
        self.send_letter(SECOND, "Mira Castellanos is the best student I have had.")
        self.expect_requests("received", "received")

    def complete(self) -> None:
        """The applicant sees that the letters are in, and nothing else about them."""
        page = self.applicant.get(self.application["status_url"])
        says(page, "2 of 2 letters received")
        says(page, "All the letters that the program asks for are in")
        for secret in (FILE_NAME, REASON):
            lacks(page.body.decode(), secret)

    def download(self) -> None:
        """From the application's page."""
        link = self._list_of_applications().page.link(self.application["id"])
        page = self.coordinator.get(link)
        for request, referee in zip(self.application["requests"], (FIRST, SECOND), strict=True):
            form = page.page.form(f"/requests/{request['id']}/letter")
            handed_over = self.coordinator.submit(form).expect(HTTPStatus.OK)
            same(handed_over.body, self.sent[referee.email].content)

    # --- and what else must be true -----------------------------------------------------------

    def automatic(self) -> None:
        """The fellowship's policy is `automatic`."""
        referees = [FIRST, SECOND, THIRD]
        application = self.apply(self._fellowship, ELSEWHERE, referees, submit=True)
        same([r["status"] for r in application["requests"]], ["requested"] * len(referees))
        for referee in referees:
            self._link_elsewhere(referee)

    def mend_wrong_letter(self) -> None:
        """The letter for the first applicant goes to the second: kept, asked about, replaced."""
        link = self._link_elsewhere(FIRST)
        says(send_behind(link, self.sent[FIRST.email]), QUESTION)
        words = f"I recommend {ELSEWHERE['name']}."
        today = datetime.now(UTC).date()
        right = File(FILE_NAME, letter(FIRST.name, FIRST.affiliation, today, [words]))
        told = self.mailbox.wait_for(ELSEWHERE["email"], f"The letter from {FIRST.name}")
        for secret in (FILE_NAME, QUESTION):
            lacks(told.as_string(), secret)
        replaced = send_behind(link, right)
        says(replaced, hashlib.sha256(right.content).hexdigest())
        lacks(replaced.page.words, QUESTION)

    def _link_elsewhere(self, referee: NewReferee) -> str:
        mail = self.mailbox.wait_for(referee.email, f"a letter for {ELSEWHERE['name']}")
        return link_in(mail, UPLOAD)

    def get_digest(self) -> None:
        """Planned by the operator before its hour, sent by the worker."""
        same(plan_digests(self._works, OPERATOR, at_once=True), 1)
        mail = self.mailbox.wait_for(cast.COORDINATOR_EMAIL, APPLICANT["name"])
        link_in(mail, f"/coordinate/programs/{self._internship.slug}")

    def verify(self) -> None:
        """By the operator."""
        with self._works.look(OPERATOR) as work:
            same(verify(work), [])

    def _list_of_applications(self) -> Answer:
        return self.coordinator.get(f"{self.base_url}/coordinate/programs/{self._internship.slug}")
