"""The demo's mailbox: every mail that was sent, to look at and to click. Only in the demo."""

import base64
import hashlib
import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html import unescape

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from letters.adapters.mailer import read_folder
from letters.web.guards import Guard, guarded
from letters.web.security import POLICY
from letters.web.state import house

bp = Blueprint("demo", __name__, url_prefix="/demo")

NEWEST_SHOWN = 200
OURS = re.compile(r"http://127\.0\.0\.1:\d+/")
STYLE_ATTRIBUTE = re.compile(r'\sstyle="([^"]*)"')
STYLE_ELEMENT = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


@bp.get("/mail")
@guarded(Guard.DEMO)
def mailbox() -> ResponseReturnValue:
    """List the newest mails, newest first."""
    mails = _mails()[::-1]
    return render_template(
        "demo/mailbox.html",
        mails=[(_name(mail), mail, _sent_at(mail)) for mail in mails[:NEWEST_SHOWN]],
        total=len(mails),
    )


@bp.get("/mail/<name>")
@guarded(Guard.DEMO)
def mail(name: str) -> ResponseReturnValue:
    """Show one mail: its words as a mail program shows them, and as plain text."""
    found = _mail(name)
    page = render_template(
        "demo/mail.html", name=name, mail=found, sent_at=_sent_at(found), text=_part(found, "plain")
    )
    answer = make_response(page)
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


@bp.get("/mail/<name>/body")
@guarded(Guard.DEMO)
def body(name: str) -> ResponseReturnValue:
    """Give the HTML of one mail, for the frame. Just the styles it holds are let through."""
    html = _part(_mail(name), "html")
    answer = Response(_in_new_tab(html), content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'unsafe-hashes' {' '.join(_style_hashes(html))}; "
        "sandbox allow-popups allow-popups-to-escape-sandbox; frame-ancestors 'self'"
    )
    return answer


def _mails() -> list[EmailMessage]:
    return read_folder(house().mail_folder)


def _mail(name: str) -> EmailMessage:
    for found in _mails():
        if _name(found) == name:
            return found
    return abort(404)


def _name(found: EmailMessage) -> str:
    """The part of the Message-ID that is ours: unique, and fit for an address."""
    return str(found["Message-ID"]).strip("<>").partition("@")[0]


def _sent_at(found: EmailMessage) -> str:
    return parsedate_to_datetime(str(found["Date"])).strftime("%Y-%m-%d %H:%M UTC")


def _part(found: EmailMessage, kind: str) -> str:
    """The words as a browser reads them: mails end their lines in two characters, pages in one.

    Links lead to where the demo answers now: when the mail was sent its port may have been another.
    """
    part = found.get_body((kind,))
    content = "" if part is None else str(part.get_content()).replace("\r\n", "\n")
    return OURS.sub(request.host_url, content)


def _in_new_tab(html: str) -> str:
    return html.replace("<head>", '<head><base target="_blank">', 1)


def _style_hashes(html: str) -> list[str]:
    styles = [unescape(found) for found in STYLE_ATTRIBUTE.findall(html)]
    styles += STYLE_ELEMENT.findall(html)
    digests = {hashlib.sha256(style.encode()).digest() for style in styles}
    return sorted(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
