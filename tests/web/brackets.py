"""A language in which every translated sentence stands in ⟦brackets⟧, and what is found outside."""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo

from tests.support.markup import elements, parse, words
from tests.support.people import FELLOWSHIP, INTERNSHIP, MIRA, REFEREES
from tests.web.visiting import CORA

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = ("letters", "templates")


def write_catalogue(folder: Path) -> None:
    """Write the catalogue of English in brackets, made of all that translators are given."""
    with (CHECKOUT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel's own
    catalogue = Catalog(locale="en")
    extracted = extract_from_dir(
        CHECKOUT, methods, options, directory_filter=lambda path: _top_of(path) in SOURCES
    )
    for _file, _line, message, _comments, context in extracted:
        forms = message if isinstance(message, tuple) else (message,)
        bracketed = tuple(f"⟦{form}⟧" for form in forms)
        catalogue.add(
            message, bracketed if isinstance(message, tuple) else bracketed[0], context=context
        )
    path = folder / "en" / "LC_MESSAGES" / "messages.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, catalogue)


def _top_of(path: str | Path) -> str:
    return Path(path).relative_to(CHECKOUT).parts[0]


# --- what may stand outside -------------------------------------------------------------------

DESCRIPTION = "What the program is about."
INSTRUCTIONS = "What the committee wants to know."
REASON = "A private reason."
FILE_NAME = "For the committee.pdf"
ERROR = "550 No such mailbox"

_DATA = (
    *("Letters", "http://127.0.0.1:8000", "/notice/…", CORA, "Cora", "Europe/Zurich", "X-001"),
    *(DESCRIPTION, INSTRUCTIONS, REASON, FILE_NAME, ERROR),
    *(text for p in (INTERNSHIP, FELLOWSHIP) for text in (p.title, p.organization)),
    *(p.contact_email for p in (INTERNSHIP, FELLOWSHIP)),
    *(text for r in REFEREES for text in (r.name, r.email, r.affiliation)),
    *(MIRA.applicant_name, MIRA.applicant_email),
)
_DATE = re.compile(
    r"((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, )?\d+ (January|February|March|April) \d{4}"
    r"(, \d\d:\d\d)?( \([A-Z]\w+ Time, UTC.\d+\))?"
)
_SIZE = re.compile(r"\d+(\.\d)? [kM]B")
_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")
_BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")
_WORDS = re.compile(r"[^\W\d_][\w ,.;:]*")
_READ_OUT = (
    *("alt", "aria-label", "placeholder", "title", "data-yours"),
    *("data-saved", "data-failed", "data-elsewhere"),
)


def forgotten(html: str) -> list[str]:
    """Return the words of a page that stand outside the brackets and are no data."""
    root, _ = parse(html)
    texts = [words(next(elements(root, "body")))]
    texts += [title.text or "" for title in elements(root, "title")]
    texts += [e.attrib[name] for e in elements(root) for name in _READ_OUT if name in e.attrib]
    return [left for text in texts for left in _outside(text)]


def _outside(text: str) -> list[str]:
    for data in sorted(_DATA, key=len, reverse=True):
        text = text.replace(data, " ")
    for pattern in (_DATE, _SIZE, _SHA256):
        text = pattern.sub(" ", text)
    while _BRACKETED.search(text):
        text = _BRACKETED.sub(" ", text)
    return _WORDS.findall(text)
