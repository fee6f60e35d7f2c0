"""A page as a browser was served it, held to what holds for every page.

For browsers without scripts, in which axe cannot look at a page.
"""

from playwright.sync_api import Page, Response
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder, TestResponse

from tests.support.pages import check_page


class Served:
    """What a browser was last served as a page."""

    def __init__(self, page: Page) -> None:
        self._last: Response | None = None
        page.on("response", self._keep)

    def _keep(self, response: Response) -> None:
        request = response.request
        if request.is_navigation_request() and "location" not in response.headers:
            self._last = response

    def check(self) -> None:
        """Raise AssertionError with all that is wrong with the page and its headers."""
        assert self._last is not None, "no page was opened"
        answer = self._last
        asked = EnvironBuilder(answer.url, method=answer.request.method).get_request()
        headers = Headers([(one["name"], one["value"]) for one in answer.headers_array()])
        check_page(
            TestResponse([answer.body()], str(answer.status), headers, asked),
            secure=answer.url.startswith("https:"),
        )
