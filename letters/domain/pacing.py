"""How fast mails may go out, in all and to each domain: evenly, without bursts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

A_MINUTE = timedelta(minutes=1)
EVERYWHERE = ""
"""Stands in the place of a domain for all mails together."""


@dataclass(frozen=True)
class Rates:
    """Mails a minute: in all, to each domain, and to some domains; 0 is no limit."""

    overall: int = 0
    each_domain: int = 0
    domains: tuple[tuple[str, int], ...] = ()

    @property
    def are_any(self) -> bool:
        """Whether there is any limit."""
        return bool(self.overall or self.each_domain or any(rate for _, rate in self.domains))

    def turns(self, domain: str) -> Iterator[tuple[str, timedelta]]:
        """Yield whose turn a mail to `domain` needs, and how long each takes.

        Turns are as long as a minute divided by the rate: within any minute there are no more mails
        than that, also after a long silence.
        """
        for whose, rate in ((EVERYWHERE, self.overall), (domain, self._rate_of(domain))):
            if rate:
                yield whose, A_MINUTE / rate

    def _rate_of(self, domain: str) -> int:
        return dict(self.domains).get(domain, self.each_domain)


UNLIMITED = Rates()
