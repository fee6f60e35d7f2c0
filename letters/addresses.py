"""Whether an address can be mailed to."""

from email_validator import EmailNotValidError, validate_email

from letters.domain.errors import Problem
from letters.domain.text import required_line
from letters.domain.words import N_

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL_PART = 64  # RFC 5321, section 4.5.3.1.1


def clean_address(field: str, value: str, problems: list[Problem]) -> str:
    """Return a mailable address (RFC 5321, ASCII), or append to `problems` what is wrong with it.

    International domains come back in their ASCII form; international local parts are refused,
    since many servers still cannot take them. Whether the domain answers is not looked up.
    """
    before = len(problems)
    line = required_line(field, value, problems, LONGEST_ADDRESS)
    if len(problems) > before:
        return ""
    try:
        found = validate_email(line, allow_smtputf8=False, check_deliverability=False)
    except EmailNotValidError:
        problems.append(
            Problem(field, N_("This is not a complete e-mail address, such as name@example.org."))
        )
        return ""
    if len(found.local_part) > LONGEST_LOCAL_PART:
        problems.append(
            Problem(
                field,
                N_("Use at most %(longest)s characters before the @."),
                {"longest": LONGEST_LOCAL_PART},
            )
        )
        return ""
    return found.ascii_email or found.normalized
