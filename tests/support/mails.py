"""Mails as the tests look at them."""

from functools import cache

from letters import wording
from letters.adapters.messages import TemplateMessages
from letters.domain.journal import MessageKind
from letters.ports import MessageRenderer, Rendered
from letters.resources import templates_folder, translations_folder
from letters.sample_facts import DUE, ZONE, Sample, facts_of
from tests.support import markup

LARGEST = 30 * 1024
"""Bytes that text and HTML of one mail may have together."""


@cache
def messages() -> MessageRenderer:
    """Return the renderer of the service."""
    return TemplateMessages(templates_folder(), translations_folder())


def rendered(sample: Sample) -> Rendered:
    """Return a sample in English."""
    return messages().render(sample.kind, sample.facts, "en")


def usual(kind: MessageKind, **changes: object) -> Rendered:
    """Return the usual mail of a kind in English, with some facts changed."""
    return messages().render(kind, facts_of(kind, **changes), "en")


def first_two_lines(mail: Rendered) -> str:
    """Return what is read first: the greeting, and who asks what of whom by when."""
    return "\n".join([line for line in mail.text.splitlines() if line][:2])


def links(mail: Rendered) -> list[str]:
    """Return where the links of the HTML lead, in order."""
    root, _ = markup.parse(mail.html)
    return [anchor.attrib["href"] for anchor in markup.elements(root, "a")]


def everything(mail: Rendered) -> str:
    """Return subject, text and HTML in one."""
    return "\n".join([mail.subject, mail.text, mail.html])


def assert_first_lines_name(mail: Rendered, *words: str) -> None:
    """Check that what is read first holds all of these."""
    for word in words:
        assert word in first_two_lines(mail)


def due() -> str:
    """Return the due date of the samples as a mail says it."""
    return wording.instant(DUE, ZONE, "en")
