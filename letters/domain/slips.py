"""Slips in mail addresses: the domain that was probably meant, and mailboxes that anybody can get.

All of it is a hint to the person who types. Nothing is ever refused or changed because of it.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

FREE_MAIL = frozenset(
    {
        "163.com",
        "aol.com",
        "fastmail.com",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "hotmail.fr",
        "icloud.com",
        "libero.it",
        "live.com",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "naver.com",
        "orange.fr",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "web.de",
        "yahoo.co.jp",
        "yahoo.co.uk",
        "yahoo.com",
        "yandex.ru",
        "ymail.com",
    }
)
"""Providers that give a mailbox to anybody, so that the address says nothing of who it is."""

REAL_NEIGHBOURS = frozenset({"cloud.com", "email.com", "gail.com"})
"""Domains that exist and look like a slip in one of the others."""

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("cim", "cmo", "comm", "con", "coom", "cpm", "ocm", "vom", "xom"), "com"),
        **dict.fromkeys(("deu", "ede", "eduu", "eud", "rdu"), "edu"),
        **dict.fromkeys(("ogr", "orgg", "orh", "rog"), "org"),
        **dict.fromkeys(("ent", "nett", "nte"), "net"),
    }
)
"""Endings that do not exist, and what was meant."""

LONGEST_DOMAIN = 253
LONG_ENOUGH = 9
"""In a shorter domain one letter makes another that somebody else may well have."""
WITHOUT_COUNTRIES = frozenset({"gmail", "icloud", "protonmail"})
"""Providers with one domain for the whole world."""


def is_free_mail(address: str) -> bool:
    """Say whether anybody can get an address like this one."""
    return _domain(address) in FREE_MAIL


def meant(address: str, others: Iterable[str] = ()) -> str | None:
    """Return the address that was probably meant; None when nothing better is known.

    `others` are the other addresses in the same form, since people name several at one
    institution. What fits two domains equally well is left alone.
    """
    local, _, typed = address.strip().rpartition("@")
    domain = typed.lower()
    if not local or not domain or len(domain) > LONGEST_DOMAIN:
        return None
    if domain in FREE_MAIL | REAL_NEIGHBOURS:
        return None
    better = _nearest(domain, others) or _with_ending(domain)
    return f"{local}@{better}" if better else None


def distance(one: str, other: str) -> int:
    """Return how many letters are added, left out, changed, or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [i]
        for j, target in enumerate(other, start=1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != target))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], target):
                best = min(best, earlier[j - 2] + 1)
            row.append(best)
    return row[-1]


def _nearest(domain: str, others: Iterable[str]) -> str | None:
    near = {known: _slips(domain, known) for known in FREE_MAIL}
    for other in map(_domain, others):
        if other and other not in near and len(other) <= LONGEST_DOMAIN:
            near[other] = _slips_beside(domain, other)
    found = {known: slips for known, slips in near.items() if slips}
    best = [known for known, slips in found.items() if slips == min(found.values())]
    return best[0] if len(best) == 1 else None


def _slips(domain: str, known: str) -> int:
    """Return how many slips lead from a well-known domain to this one, 0 for none or too many."""
    if _is_of_another_country(domain, known):
        return 0
    return _few(domain, known, 2 if domain[0] == known[0] else 1)


def _slips_beside(domain: str, other: str) -> int:
    """The same for a domain of this form: institutions' names differ by little, so one slip."""
    if domain[0] != other[0] or _is_of_another_country(domain, other):
        return 0
    return _few(domain, other, 1)


def _few(domain: str, known: str, most: int) -> int:
    if abs(len(domain) - len(known)) > most:
        return 0
    if len(known) < LONG_ENOUGH and sorted(domain) != sorted(known):
        return 0
    slips = distance(domain, known)
    return slips if slips <= most else 0


def _is_of_another_country(domain: str, known: str) -> bool:
    """Say whether two domains differ by their ending alone, and this one's is a country's."""
    name, _, ending = domain.partition(".")
    is_country = len(ending.rpartition(".")[2]) == len("xx") and ending.isascii()
    return is_country and name == known.partition(".")[0] and name not in WITHOUT_COUNTRIES


def _with_ending(domain: str) -> str | None:
    name, _, ending = domain.rpartition(".")
    return f"{name}.{ENDINGS[ending]}" if name and ending in ENDINGS else None


def _domain(address: str) -> str:
    return address.strip().rpartition("@")[2].lower()
