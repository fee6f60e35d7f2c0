"""What workers are forked from: a process that has written the mails of these tests before."""

import gc

from letters.domain.journal import MessageKind
from tests.support.mails import usual

for kind in (MessageKind.APPLICATION_SUBMITTED, MessageKind.LETTER_REQUEST):
    usual(kind)
gc.freeze()  # what comes along is no garbage, and shall not be copied
