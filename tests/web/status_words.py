"""What the status view says, sentence by sentence."""

DUE_TEXT = "Thursday, 1 April 2027, 23:59 (Zurich Time, UTC+2)"
CLOSES_TEXT = "Saturday, 3 April 2027, 23:59 (Zurich Time, UTC+2)"

IF_SELECTED = "A letter may be requested if the committee selects you."
EXPECTED = f"The letter is due on {DUE_TEXT}."
OVERDUE = f"The letter is overdue; it is still taken until {CLOSES_TEXT}."
OVER = "The time for this letter is over."
IN = "Nothing more; the letter is in."
NO_NEED = "Nothing; this letter is no longer needed."
CANNOT = (
    "This referee cannot write. Another letter may be needed to reach the number the program asks "
    "for."
)
ON_SUBMISSION = "A letter will be requested as soon as the application is submitted."
COMPLETE = "All the letters that the program asks for are in. There is nothing more for you to do."
WITHDRAWN = "You withdrew this application. Nothing more is needed from you or your referees."
NEVER_ASKED = (
    "The program has closed, and letters were not requested for this application. "
    "There is nothing for you to do."
)
NEVER_SUBMITTED = (
    "This draft was never submitted, and the program has closed. "
    "Write to internships@alpine.example.org if you think it should still be possible."
)
SHORT = (
    "A referee declined, and without another one the letters that the program asks for cannot "
    "come together. Name somebody else on this page."
)

CANCELLED = "A request was cancelled, and without another referee"


ASKED_BOTH = (
    "0 of 2 letters received. Letters were requested on 1 February 2027; the next one is due "
    "1 April 2027. There is nothing for you to do now."
)
ASKED_ONE = (
    "1 of 2 letters received; Dr. Bram de Wit was asked on 1 February 2027, due 1 April 2027. "
    "There is nothing for you to do now."
)
LATE_BOTH = (
    "0 of 2 letters received. Letters were requested on 1 February 2027. The due date is over, and "
    "what comes in now is still taken for a while."
)
LATE_ONE = (
    "1 of 2 letters received; Prof. Ada Ferreira was asked on 1 February 2027, and the letter was "
    f"due on 1 April 2027. It is still taken until {CLOSES_TEXT}."
)
NOT_SELECTED = (
    "Submitted. Letters are asked for only from candidates the committee selects. You have not "
    "been selected so far"
)
NOBODY_LEFT = (
    "Letters would be requested now, but none of your referees can write. Name somebody else on "
    "this page."
)


def is_late(name: str) -> str:
    """Return what is said of a referee whose letter is late."""
    return (
        f"{name} has not sent the letter that was due on {DUE_TEXT}. "
        f"It is still taken until {CLOSES_TEXT}. Remind {name}"
    )


def cannot(name: str) -> str:
    """Return what is said of a referee without whom another one is needed."""
    return f"{name} cannot write a letter. Name somebody else in place of {name}"


def cannot_and_need_not(name: str) -> str:
    """Return what is said of a referee who declined where enough others are left."""
    return (
        f"{name} cannot write a letter. The other referees can still make up the number that the "
        f"program asks for, so you need not do anything. Name somebody else in place of {name}"
    )


ADA, BRAM = "Prof. Ada Ferreira", "Dr. Bram de Wit"


def incomplete(received: int) -> str:
    """Return what is said once the time is over with too few letters."""
    return (
        f"The time is over, and {received} of 2 letters came in. Write to the program if you know "
        "of a letter that is still to come."
    )
