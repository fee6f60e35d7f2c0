"""The page checker passes a good page and fails on each kind of bad one."""

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.test import TestResponse

from tests.support.pages import CheckedClient, check_page, forms, text

PAGE = """<!doctype html>
<html lang="en">
<head><title>Upload · Letters</title><link rel="stylesheet" href="/static/letters.css"></head>
<body>
<h1>Upload</h1>
<!-- a comment -->
<p>For <b>Ada</b>.</p>
<p>Due <time datetime="2027-04-01T21:59:00+00:00" data-zone="Europe/Oslo">1 April</time></p>
<img src="/static/logo.svg" alt="">
<svg><title>Received over time</title></svg>
<form method="post" action="/letter/t">
<input type="hidden" name="csrf_token" value="abc">
<label for="file">Your letter</label><input type="file" id="file" name="file">
<label>Note <textarea name="note">none</textarea></label>
<select name="tone" aria-label="Tone"><option value="w">warm</option><option>cool</option></select>
<label><input type="checkbox" name="sure" value="yes"> I am sure</label>
<button name="do" value="send">Send</button>
</form>
<script src="/static/letters.js"></script>
</body>
</html>
"""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
COOKIE = "session=x; HttpOnly; SameSite=Lax; Path=/; Secure"


def _answer(
    html: str = PAGE,
    *,
    headers: dict[str, str] | None = None,
    path: str = "/letter/t",
    method: str = "GET",
    cookie: str | None = COOKIE,
) -> TestResponse:
    app = Flask(__name__, static_folder=None)

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def page(**_path: str) -> Response:
        response = Response(html, headers=HEADERS if headers is None else headers)
        if cookie:
            response.headers.add("Set-Cookie", cookie)
        return response

    return app.test_client().open(path, method=method)


def test_a_good_page_passes() -> None:
    check_page(_answer(), secure=True)


BAD_MARKUP = {
    "a stray end tag": ("<p>For", "</div><p>For", "line 7"),
    "no doctype": ("<!doctype html>", "", "DOCTYPE"),
    "no language": (' lang="en"', "", "lang"),
    "no h1": ("<h1>Upload</h1>", "", "h1"),
    "an empty h1": ("<h1>Upload</h1>", "<h1> </h1>", "h1"),
    "two h1": ("<h1>Upload</h1>", "<h1>Upload</h1><h1>Upload</h1>", "h1"),
    "no title": ("<title>Upload · Letters</title>", "", "title"),
    "a title of its own": ("<title>Upload", "<title>Letters: Upload", "title"),
    "a doubled id": ("<h1>", '<h1 id="file">', "2 times"),
    "an empty id": ("<h1>", '<h1 id="">', "empty"),
    "no label": ('<label for="file">Your letter</label>', "", "no label"),
    "a label without words": ("Your letter", " ", "no label"),
    "a label for something else": ('for="file"', 'for="other"', "no control"),
    "a textarea without label": ("<label>Note", "<label>Note</label><label>", "no label"),
    "a select without name": (' aria-label="Tone"', "", "no label"),
    "an empty aria-label": ('aria-label="Tone"', 'aria-label=" "', "no label"),
    "a label that is not there": ('aria-label="Tone"', 'aria-labelledby="gone"', "gone"),
    "a description that is not there": ("<h1>", '<h1 aria-describedby="gone">', "gone"),
    "an inline script": ("<script src", "<script>go()</script><script src", "inline <script>"),
    "an inline style sheet": ("</head>", "<style>p{}</style></head>", "inline <style>"),
    "a style in the drawing": ("<svg>", "<svg><style>p{}</style>", "inline <style>"),
    "a style attribute": ("<p>For", '<p style="color:red">For', "inline style"),
    "a handler": ("<p>For", '<p onclick="go()">For', "inline onclick"),
    "a script address": ("<p>For", '<p><a href=" JavaScript:go()">x</a>For', "javascript:"),
    "a picture without alt": (' alt=""', "", "no alt"),
    "a sentence that goes on behind an instant": ("</time>", "</time>.", "1 April.* followed by"),
    "no CSRF field": ('name="csrf_token"', 'name="other"', "csrf_token"),
    "an empty CSRF field": ('value="abc"', 'value=""', "csrf_token"),
    "no CSRF field, full address": (
        'action="/letter/t">\n<input type="hidden" name="csrf_token"',
        'action="http://localhost/letter/t">\n<input type="hidden" name="other"',
        "csrf_token",
    ),
}


@pytest.mark.parametrize(("good", "bad", "said"), BAD_MARKUP.values(), ids=BAD_MARKUP.keys())
def test_a_bad_page_fails(good: str, bad: str, said: str) -> None:
    assert good in PAGE
    answer = _answer(PAGE.replace(good, bad, 1))
    with pytest.raises(AssertionError, match=said):
        check_page(answer, secure=True)


def _policy(text: str) -> dict[str, str]:
    return {"Content-Security-Policy": text}


BAD_HEADERS = {
    "no policy": (_policy(""), "no Content-Security-Policy"),
    "inline allowed": (
        _policy("default-src 'self'; script-src 'unsafe-inline'; frame-ancestors 'none'"),
        "unsafe-inline",
    ),
    "eval allowed": (
        _policy("default-src 'self'; script-src 'unsafe-eval'; frame-ancestors 'none'"),
        "unsafe-eval",
    ),
    "all sources allowed": (
        _policy("default-src 'self'; img-src *; frame-ancestors 'none'"),
        r"img-src has \*",
    ),
    "no default": (_policy("script-src 'self'; frame-ancestors 'none'"), "default-src"),
    "a wide default": (_policy("default-src 'self' https:; frame-ancestors 'none'"), "default-src"),
    "frames not restricted": (_policy("default-src 'none'"), "frame-ancestors"),
    "sniffing": ({"X-Content-Type-Options": ""}, "nosniff"),
    "the link told to others": ({"Referrer-Policy": "same-origin"}, "no-referrer"),
    "stored": ({"Cache-Control": "no-cache"}, "no-store"),
    "indexed": ({"X-Robots-Tag": ""}, "noindex"),
}


@pytest.mark.parametrize(("change", "said"), BAD_HEADERS.values(), ids=BAD_HEADERS.keys())
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_bad_headers_fail(change: dict[str, str], said: str, method: str) -> None:
    answer = _answer(headers=HEADERS | change, method=method)
    with pytest.raises(AssertionError, match=said):
        check_page(answer, secure=True)


@pytest.mark.parametrize("path", ["/letter/t", "/application/t", "/notice/t", "/coordinate/"])
def test_personal_answers_are_checked_whatever_they_hold(path: str) -> None:
    answer = _answer("BEGIN:VCALENDAR", headers={"Content-Type": "text/calendar"}, path=path)
    with pytest.raises(AssertionError, match="no-store"):
        check_page(answer, secure=True)


def test_a_public_page_may_be_stored_but_names_its_referrer_policy() -> None:
    public = HEADERS | {"Cache-Control": "public", "X-Robots-Tag": ""}
    check_page(_answer(headers=public, path="/programs/x"), secure=True)
    with pytest.raises(AssertionError, match="Referrer-Policy"):
        check_page(_answer(headers=public | {"Referrer-Policy": ""}, path="/"), secure=True)


@pytest.mark.parametrize("attribute", ["HttpOnly", "SameSite=Lax", "Secure"])
def test_a_careless_cookie_fails(attribute: str) -> None:
    answer = _answer(cookie=COOKIE.replace(f"; {attribute}", ""))
    with pytest.raises(AssertionError, match=attribute.removesuffix("=Lax").lower()):
        check_page(answer, secure=True)


def test_a_cookie_need_not_be_secure_over_http() -> None:
    check_page(_answer(cookie=COOKIE.replace("; Secure", "")), secure=False)


def _site() -> CheckedClient:
    app = Flask(__name__, static_folder=None)
    app.test_client_class = CheckedClient

    @app.get("/bad")
    def bad() -> Response:
        return Response("<p>bad", status=int(request.args.get("status", "200")))

    @app.get("/away")
    def away() -> Response:
        answer = redirect("/good")
        answer.headers.set("Set-Cookie", "careless=1")
        return Response(answer.data, 302, answer.headers)

    @app.get("/good")
    def good() -> Response:
        return Response(PAGE, headers=HEADERS)

    client = app.test_client()
    assert isinstance(client, CheckedClient)
    return client


@pytest.mark.parametrize("status", [200, 404, 500])
def test_the_client_checks_every_page(status: int) -> None:
    with pytest.raises(AssertionError, match=rf"GET /bad \({status}\)"):
        _site().get("/bad", query_string={"status": status})


def test_the_client_checks_what_it_is_redirected_through() -> None:
    with pytest.raises(AssertionError, match="careless"):
        _site().get("/away", follow_redirects=True)


def test_the_client_hands_on_a_good_page() -> None:
    assert _site().get("/good").status_code == 200


def test_the_visible_words() -> None:
    html = PAGE.replace("<p>For", "<p hidden>secret</p><p>F<i>o</i>r")
    assert text(html).startswith("Upload For Ada. Due 1 April Received over time Your letter")
    assert "secret" not in text(html)


def test_a_form_is_filled_as_the_page_offers_it() -> None:
    (form,) = forms(PAGE, "/letter/t")
    assert (form.method, form.action) == ("post", "/letter/t")
    assert form.fields == {"csrf_token": ["abc"], "note": ["none"], "tone": ["w"]}
    assert form.choices == {"tone": ["w", "cool"], "sure": ["yes"]}
    assert form.files == ("file",)
    assert form.filled({"note": "x", "sure": "yes"}, press="Send") == {
        "csrf_token": ["abc"],
        "note": "x",
        "tone": ["w"],
        "sure": "yes",
        "do": "send",
    }


@pytest.mark.parametrize(
    ("values", "press"),
    [({"absent": "x"}, None), ({"tone": "harsh"}, None), ({"sure": "no"}, None), ({}, "Decline")],
)
def test_what_the_page_does_not_offer_cannot_be_entered(
    values: dict[str, str], press: str | None
) -> None:
    (form,) = forms(PAGE)
    with pytest.raises(AssertionError):
        form.filled(values, press=press)


def test_an_action_is_relative_to_its_page() -> None:
    (form,) = forms(PAGE.replace('"/letter/t"', '"decline"'), "/letter/t/")
    assert form.action == "/letter/t/decline"
