"""A mail to send, for the tests of all mailers."""

from datetime import UTC, datetime

from letters.ports import Message

SENDER = "Letters <letters@letters.example.org>"

MESSAGE = Message(
    to="referee@example.org",
    from_name="Summer Research",
    reply_to="contact@example.org",
    subject="A letter for Ada Lovelace",
    text="Please write for Ada.\n",
    html="<p>Please write for Ada.</p>\n",
    message_id="<0190f1c2@letters.example.org>",
    date=datetime(2031, 5, 4, 12, tzinfo=UTC),
    headers={},
)
