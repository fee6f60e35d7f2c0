"""Facts for the mails to referees."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from letters.domain.journal import MessageKind
from letters.domain.wrong_letter import Mark
from tests.support.sample_facts.common import (
    APPLICANT,
    DUE,
    INSTRUCTIONS,
    KEPT_UNTIL,
    NOTICE_PAGE,
    OF_THE_PROGRAM,
    OVERVIEW_PAGE,
    PERSONAL_LINE,
    RECEIPT_PAGE,
    RECEIVED,
    REFEREE,
    UPLOAD_PAGE,
    Facts,
    Sample,
    varied,
)

USUAL: Mapping[MessageKind, Facts] = {
    MessageKind.ADVANCE_NOTICE: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": NOTICE_PAGE,
        "wished_pages": 2,
        "personal_line": "",
        "corrected": False,
    },
    MessageKind.LETTER_REQUEST: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": UPLOAD_PAGE,
        "decline_url": f"{UPLOAD_PAGE}/decline",
        "waived": True,
        "instructions": INSTRUCTIONS,
        "kept_until": KEPT_UNTIL,
        "again": False,
    },
    MessageKind.OVERVIEW: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": OVERVIEW_PAGE,
        "until": RECEIVED + timedelta(days=2),
    },
    MessageKind.REMINDER: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": UPLOAD_PAGE,
        "decline_url": f"{UPLOAD_PAGE}/decline",
        "late": False,
    },
    MessageKind.RECEIPT: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "file_name": "Letter for M. Okafor.pdf",
        "size": 219_136,
        "pages": 2,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "received_at": RECEIVED,
        "url": UPLOAD_PAGE,
        "version": 1,
        "held_back": False,
        "marked": False,
    },
    MessageKind.CONFIRM_LETTER: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "file_name": "Letter for M. Okafor.pdf",
        "received_at": RECEIVED,
        "marks": [mark.value for mark in Mark],
        "wished_pages": 2,
        "url": RECEIPT_PAGE,
    },
    MessageKind.MORE_TIME_ANSWERED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "granted": True,
        "url": UPLOAD_PAGE,
    },
    MessageKind.REQUEST_CANCELLED: {
        **OF_THE_PROGRAM,
        "referee_name": REFEREE,
        "applicant_name": APPLICANT,
        "url": UPLOAD_PAGE,
        "asked": True,
        "withdrawn": True,
    },
}

_sample = partial(varied, USUAL)

SAMPLES: tuple[Sample, ...] = (
    _sample(MessageKind.ADVANCE_NOTICE, "selected"),
    _sample(MessageKind.ADVANCE_NOTICE, "automatic", policy="automatic", wished_pages=1),
    _sample(MessageKind.ADVANCE_NOTICE, "corrected", corrected=True, wished_pages=0),
    _sample(MessageKind.ADVANCE_NOTICE, "personal-line", personal_line=PERSONAL_LINE),
    _sample(MessageKind.LETTER_REQUEST, "waived"),
    _sample(MessageKind.LETTER_REQUEST, "not-waived", waived=False),
    _sample(MessageKind.LETTER_REQUEST, "no-instructions", instructions=""),
    _sample(MessageKind.LETTER_REQUEST, "again", again=True),
    _sample(MessageKind.OVERVIEW),
    _sample(MessageKind.REMINDER, "before-due"),
    _sample(MessageKind.REMINDER, "late", late=True),
    _sample(MessageKind.RECEIPT, "first"),
    _sample(MessageKind.RECEIPT, "replacement", version=2),
    _sample(MessageKind.RECEIPT, "unchecked", pages=None, held_back=True),
    _sample(MessageKind.RECEIPT, "not-scanned", held_back=True),
    _sample(MessageKind.RECEIPT, "marked", marked=True, url=RECEIPT_PAGE),
    _sample(MessageKind.CONFIRM_LETTER, "all-marks"),
    _sample(MessageKind.CONFIRM_LETTER, "one-page", marks=["too_many_pages"], wished_pages=1),
    _sample(MessageKind.MORE_TIME_ANSWERED, "granted"),
    _sample(MessageKind.MORE_TIME_ANSWERED, "refused", granted=False),
    _sample(MessageKind.MORE_TIME_ANSWERED, "refused-no-grace", granted=False, closes_at=DUE),
    _sample(MessageKind.REQUEST_CANCELLED, "asked"),
    _sample(MessageKind.REQUEST_CANCELLED, "alerted", asked=False, url=NOTICE_PAGE),
    _sample(MessageKind.REQUEST_CANCELLED, "asked-not-needed", withdrawn=False),
    _sample(
        MessageKind.REQUEST_CANCELLED,
        "alerted-not-needed",
        asked=False,
        withdrawn=False,
        url=NOTICE_PAGE,
    ),
)
