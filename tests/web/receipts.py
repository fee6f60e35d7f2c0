"""What is to be seen of a letter on its receipt."""

from werkzeug.test import TestResponse

from tests.support.markup import elements, parse
from tests.web.visiting import Visitor


def pictures(page: TestResponse) -> list[str]:
    """Return the addresses of the pictures on a page."""
    root, _ = parse(page.text)
    return [image.get("src", "") for image in elements(root, "img")]


def look(visitor: Visitor, token: str) -> tuple[list[str], int]:
    """Return the pictures on the receipt, and what the address of the picture answers."""
    shown = pictures(visitor.get(f"/letter/{token}/receipt"))
    return shown, visitor.get(f"/letter/{token}/first-page.png").status_code
