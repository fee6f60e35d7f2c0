"""Examples for the description of the API. Names are invented, domains are example.*."""

from typing import Any

Example = dict[str, Any]

APPLICATION_ID = "01920f3a-7c00-7abc-8def-0123456789ab"

PROGRAM_INPUT: Example = {
    "slug": "alpine-summer",
    "title": "Alpine Summer Research Internship",
    "organization": "Institute for Alpine Studies",
    "description": "Twelve weeks of research in the mountains.",
    "instructions": "Tell us how the applicant works with others.",
    "due_at": "2027-04-01T23:59:00+02:00",
    "grace_hours": 48,
    "timezone": "Europe/Zurich",
    "min_letters": 2,
    "max_letters": 4,
    "request_policy": "selected",
    "wished_pages": 2,
    "kept_days": 365,
    "takes_word": False,
    "notices_on_submission": False,
    "most_reminders": 5,
    "reminder_days": [14, 7, 2],
    "waiver_wording": "",
    "sender_name": "",
    "accent": "",
    "contact_email": "internships@alpine.example.org",
    "fields": [
        {"name": "stage", "label": "Stage", "choices": ["first round", "interview"]},
        {"name": "track", "label": "Track", "choices": []},
    ],
}

PROGRAM_ANSWER: Example = {
    **PROGRAM_INPUT,
    "due_at": "2027-04-01T21:59:00Z",
    "closes_at": "2027-04-03T21:59:00Z",
    "created_at": "2027-02-01T09:00:00Z",
}

REFEREES: list[Example] = [
    {
        "name": "Prof. Ada Ferreira",
        "email": "ada.ferreira@example.edu",
        "affiliation": "Example University",
        "relationship": "Taught two of my courses",
    },
    {
        "name": "Dr. Bram de Wit",
        "email": "b.dewit@example.org",
        "affiliation": "Example Institute",
        "relationship": None,
    },
]

APPLICATION_INPUT: Example = {
    "program": "alpine-summer",
    "external_id": "2027-0042",
    "applicant": {"name": "Mira Lindqvist", "email": "mira@example.com"},
    "referees": REFEREES,
    "waived": True,
    "fields": {"stage": "interview", "track": "glaciology"},
    "tags": ["funded"],
    "submit": True,
}

PROGRAM_CHANGES: Example = {"sender_name": "Alpine office", "accent": "#0b6b3a"}
REASON_INPUT: Example = {"reason": "This letter is about somebody else."}
FIELDS_INPUT: Example = {"fields": {"stage": "interview"}, "tags": ["funded"]}


def _request(number: int, referee: Example) -> Example:
    return {
        "id": f"01920f3a-7c0{number}-7abc-8def-0123456789ab",
        "status": "named",
        "referee": referee,
        "next": "alert_first",
        "due_at": "2027-04-01T21:59:00Z",
        "noticed_at": None,
        "requested_at": None,
        "received_at": None,
        "declined_at": None,
        "cancelled_at": None,
    }


APPLICATION_ANSWER: Example = {
    "id": APPLICATION_ID,
    "program": "alpine-summer",
    "external_id": "2027-0042",
    "status": "submitted",
    "applicant": APPLICATION_INPUT["applicant"],
    "waived": True,
    "fields": APPLICATION_INPUT["fields"],
    "tags": APPLICATION_INPUT["tags"],
    "created_at": "2027-02-01T09:00:00Z",
    "submitted_at": "2027-02-01T09:00:00Z",
    "selected_at": None,
    "completed_at": None,
    "withdrawn_at": None,
    "outlook": "may_if_selected",
    "progress": {
        "standing": "waiting",
        "wanted": 2,
        "received": 0,
        "open": 0,
        "overdue": 0,
        "declined": 0,
        "short": False,
    },
    "requests": [_request(number, referee) for number, referee in enumerate(REFEREES, start=1)],
    "status_url": "https://letters.example.org/application/…",
}

PROBLEM: Example = {
    "type": "urn:letters:problem:InvalidInput",
    "title": "Something needs correcting",
    "status": 422,
    "detail": "Some of what was entered needs correcting.",
    "errors": [
        {
            "field": "referees.1.email",
            "detail": "This is not a complete e-mail address, such as name@example.org.",
        }
    ],
}
