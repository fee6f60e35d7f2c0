"""A mail on trial: sent through the real transport, with what to do where it does not go."""

from datetime import datetime
from html import escape

from letters.addresses import clean_address
from letters.domain.errors import DeliveryDeferred, DeliveryRefused, InvalidInput, Problem
from letters.domain.mail_advice import advice
from letters.house import House
from letters.ports import Message
from letters.records import new_id
from letters.services.composing.base import SERVICE_NAME

SUBJECT = "A trial mail from Letters"
WORDS = (
    "Nothing is asked of you: who runs this service looks whether its mails arrive, at {at}.",
    "If you read this among spam, please tell them.",
)


def try_mail(house: House, address: str, at: datetime) -> str:
    """Send a mail to `address`; return its Message-ID once the server has taken it.

    Raises DeliveryDeferred or DeliveryRefused, and InvalidInput for what is no address.
    """
    problems: list[Problem] = []
    to = clean_address("mail", address, problems)
    if problems:
        raise InvalidInput(problems)
    tools = house.works.tools
    words = [line.format(at=at.strftime("%Y-%m-%d %H:%M UTC")) for line in WORDS]
    message = Message(
        to=to,
        from_name=SERVICE_NAME,
        reply_to=tools.sender,
        subject=SUBJECT,
        text="\n\n".join(words) + "\n",
        html=_page(words),
        message_id=f"<{new_id()}@{tools.mail_domain}>",
        date=at,
        headers={},
    )
    house.mailer.send(message)
    return message.message_id


def explained(error: DeliveryDeferred | DeliveryRefused) -> str:
    """Return what went wrong, in the server's words, and what can be done about it."""
    return f"{error}: {advice(error)}"


def _page(words: list[str]) -> str:
    paragraphs = "".join(f"<p>{escape(line)}</p>\n" for line in words)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{SUBJECT}</title></head>\n<body>\n{paragraphs}</body></html>\n"
    )
