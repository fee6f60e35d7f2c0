"""What a mail server can do instead of its work, at each point of a conversation."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import AnyStr

from aiosmtpd.smtp import SMTP

Command = Callable[[str | None], Awaitable[None]]


class Stage(Enum):
    """Where in a conversation something goes wrong."""

    BANNER = "the banner"
    HELLO = "EHLO"
    STARTTLS = "STARTTLS"
    AUTH = "AUTH"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the content"
    TAKEN = "the message"
    """It has come in whole, and is to be answered."""


class Deed(Enum):
    """What goes wrong."""

    REFUSE = auto()
    """`answer` is given. A message is not taken then."""
    HANG_UP = auto()
    """The connection ends without a word. A message was taken all the same."""
    SILENCE = auto()
    """Nothing is ever said. A message was taken all the same."""
    TRICKLE = auto()
    """The answer comes one byte at a time and never ends. A message was taken all the same."""
    OFFER_NO_TLS = auto()
    SHOW_A_STRANGERS_CERTIFICATE = auto()
    SPEAK_NO_TLS = auto()
    """STARTTLS is answered with yes, and what follows is taken for commands."""


@dataclass(frozen=True)
class Mishap:
    """What one server does to everybody, at one stage of each conversation.

    With `recipient` it does so only for that one, from RCPT on. `pause` is how many seconds a byte
    takes that trickles.
    """

    stage: Stage
    deed: Deed
    answer: str = ""
    recipient: str = ""
    pause: float = 0.05

    def meets(self, stage: Stage, recipient: str = "") -> bool:
        """Say whether it goes wrong at `stage`, for that recipient."""
        return stage is self.stage and self.recipient in {"", recipient}


def refusal(stage: Stage, code: int) -> Mishap:
    """Return a server that answers with `code` at a stage."""
    # The enhanced codes say temporary or permanent, and nothing that would count as policy.
    return Mishap(stage, Deed.REFUSE, f"{code} {code // 100}.3.0 Not here")


class Conversation(SMTP):
    """One connection; a silent one hangs before it says its first word.

    aiosmtpd looks its commands up by their names.
    """

    silent = False
    mishap: Mishap | None = None
    greeted = False

    def hang_up(self) -> None:
        """End the connection at once and without a word.

        Python 3.11.2 fails at aborting one over TLS that ends already.
        """
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.abort()

    async def push(self, status: AnyStr) -> None:
        if self.silent:
            await asyncio.Event().wait()
        if not self.greeted:
            self.greeted = True
            if await self.befallen(Stage.BANNER):
                return
        await super().push(status)

    async def smtp_EHLO(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        await self._unless_befallen(Stage.HELLO, super().smtp_EHLO, arg)

    async def smtp_HELO(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        await self._unless_befallen(Stage.HELLO, super().smtp_HELO, arg)

    async def smtp_STARTTLS(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        await self._unless_befallen(Stage.STARTTLS, super().smtp_STARTTLS, arg)

    async def smtp_AUTH(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        await self._unless_befallen(Stage.AUTH, super().smtp_AUTH, arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        await self._unless_befallen(Stage.MAIL, super().smtp_MAIL, arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        recipient = (arg or "").partition("<")[2].partition(">")[0]
        await self._unless_befallen(Stage.RCPT, super().smtp_RCPT, arg, recipient)

    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 -- aiosmtpd finds it by this name
        if self.mishap is not None and self.mishap.meets(Stage.CONTENT):
            await super().push("354 Go on")
            await self._reader.readuntil()
            await self.befallen(Stage.CONTENT)
        else:
            await self._unless_befallen(Stage.DATA, super().smtp_DATA, arg)

    async def _unless_befallen(
        self, stage: Stage, usual: Command, arg: str | None, recipient: str = ""
    ) -> None:
        if not await self.befallen(stage, recipient):
            await usual(arg)

    async def befallen(self, stage: Stage, recipient: str = "") -> bool:
        """Let happen what is to happen at a stage; say whether anything did."""
        mishap = self.mishap
        if mishap is None or not mishap.meets(stage, recipient):
            return False
        match mishap.deed:
            case Deed.REFUSE:
                await super().push(mishap.answer)
            case Deed.SPEAK_NO_TLS:
                await super().push("220 Go ahead")
            case Deed.HANG_UP:
                self.hang_up()
            case Deed.SILENCE:
                await asyncio.Event().wait()
            case Deed.TRICKLE:
                await self._trickle(mishap.pause)
            case _:
                return False
        return True

    async def _trickle(self, pause: float) -> None:
        self._writer.write(b"250-")
        while True:
            self._writer.write(b"x")
            await self._writer.drain()
            await asyncio.sleep(pause)
