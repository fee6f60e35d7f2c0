"""Pages as the story's browser reads them."""

import pytest

from letters.demo.pages import Page, Unexpected

URL = "http://127.0.0.1:8000/letter/token"
HTML = """
<!doctype html><title>Not seen</title><style>p { color: red }</style>
<h1>Letter &amp; receipt</h1>
<a href="decline">I cannot</a>
<form method="get" action="/search"><input type="search" name="search" value="x"></form>
<form method="post" enctype="multipart/form-data">
  <input type="hidden" name="csrf_token" value="t0ken">
  <input type="file" name="letter">
  <textarea name="reason">because</textarea>
  <input type="checkbox" name="application" value="one">
  <input type="checkbox" name="application" value="two">
  <button name="unused" value="1">Send</button><input type="submit" name="also" value="Go">
</form>
<script>not seen either</script>
"""


def test_words_links_and_forms() -> None:
    page = Page(URL, HTML)

    assert page.words == "Letter & receipt I cannot Send"
    assert page.link("/decline") == "http://127.0.0.1:8000/letter/decline"
    form = page.form("/letter/token")
    assert (form.method, form.multipart, form.files) == ("post", True, ["letter"])
    assert form.filled({"application": "two"}) == {
        "csrf_token": "t0ken",
        "reason": "because",
        "application": "two",
    }
    assert page.form("/search").filled({}) == {"search": "x"}


@pytest.mark.parametrize("values", [{"grade": "1"}, {"application": "three"}])
def test_what_a_form_does_not_offer_cannot_be_entered(values: dict[str, str]) -> None:
    with pytest.raises(Unexpected, match="does not offer"):
        Page(URL, HTML).form("/letter/token").filled(values)


def test_what_is_not_there_is_named_with_what_the_page_says() -> None:
    page = Page(URL, "<h1>The link has expired</h1>")

    with pytest.raises(Unexpected, match=r"no form to …/take-back on .*: The link has expired"):
        page.form("/take-back")
    with pytest.raises(Unexpected, match="no link to …/receipt"):
        page.link("/receipt")
