"""What came with an application from outside, and its changing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from letters.domain.errors import InvalidInput, Problem
from letters.domain.journal import Fact
from letters.domain.rules import clean_tags, clean_values
from letters.records import Application
from letters.services import finding, selecting
from letters.services.happening import happened
from letters.services.work import Work


@dataclass(frozen=True)
class Brought:
    """Values by the name of a field, and tags; None for what stays as it is."""

    fields: Mapping[str, str] | None = None
    tags: Sequence[str] | None = None


def change(work: Work, application_id: UUID, brought: Brought) -> Application:
    """Let an application have other fields or tags; the rule then looks at it anew.

    The same again changes nothing. Raises UnknownApplication, or InvalidInput with every problem
    at once.
    """
    application = finding.application(work, application_id, lock=True)
    fields, tags = _cleaned(application, brought)
    if (fields, tags) == (application.fields, application.tags):
        return application
    application.fields, application.tags = fields, tags
    details = {"fields": len(fields), "tags": len(tags)}
    happened(work, Fact.FIELDS_CHANGED, application, details=details)
    selecting.select_by_rule(work, application)
    return application


def _cleaned(application: Application, brought: Brought) -> tuple[dict[str, str], list[str]]:
    problems: list[Problem] = []
    fields, tags = application.fields, application.tags
    if brought.fields is not None:
        fields = clean_values(application.program.definitions, brought.fields, problems)
    if brought.tags is not None:
        tags = clean_tags(brought.tags, problems)
    if problems:
        raise InvalidInput(problems)
    return fields, tags
